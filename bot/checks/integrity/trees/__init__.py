"""What is read with tree-sitter in any language, and the readers of Go, Java, Ruby and Rust."""
