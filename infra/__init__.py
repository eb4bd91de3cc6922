"""Migrations, images and deployment files that ship with the program."""
