# Refuses a .x file in which a string, opaque or array has no bound: a peer
# could make the other end allocate as much as it likes. Prints each and ends
# with 1. What stands in a comment does not count.

{ text = text $0 "\n" }

# Takes n characters off the text; counts the lines that end in them.
function take(n, part) {
	part = substr(text, 1, n)
	lines += gsub(/\n/, "", part)
	text = substr(text, n + 1)
}

END {
	while (match(text, /\/\*|<[ \t\n]*>/)) {
		size = RLENGTH
		take(RSTART - 1)
		if (substr(text, 1, 2) == "/*") {
			size = index(text, "*/") + 1
			if (size == 1)
				break
		} else {
			printf "%s:%d: error: no bound between < and >\n",
			    FILENAME, lines + 1 >"/dev/stderr"
			bad = 1
		}
		take(size)
	}
	exit bad
}
