"""JavaScript and TypeScript test files and sources, read with tree-sitter."""
