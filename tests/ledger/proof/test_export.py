"""One byte, one line, one order changed in an export, and the line is named; a wrong key, a cut file, too."""
