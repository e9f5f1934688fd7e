"""What a user would write instead, with the libraries that they would pick."""
