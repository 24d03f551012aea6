"""What proves the books to somebody who does not trust us: hashes, trees, signatures. No I/O: a file and a key do."""
