"""What the tests share: a daemon that listens on real UDP, a reader of trace documents, doubles as users write them."""
