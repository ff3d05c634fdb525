# Adds to rpcgen's XDR code the check that it lacks: that a decoded enum is
# one of those declared (RFC 4506 section 4.3). First file: rpcgen's header,
# for the enumerators; second: its XDR code, which is printed with checks.

FNR == NR && /^enum [A-Za-z0-9_]+ \{/ { name = $2; next }
FNR == NR && name != "" && /^}/ { name = ""; next }
FNR == NR && name != "" {
	sub(/[,= ].*/, "", $1)
	values[name] = values[name] "\tcase " $1 ":\n"
	next
}
FNR == NR { next }

/^xdr_[A-Za-z0-9_]+ \(XDR/ { current = substr($1, 5) }
{ print }
/xdr_enum \(xdrs, \(enum_t \*\) objp\)/ && values[current] != "" {
	getline
	print
	printf "\tif (xdrs->x_op != XDR_FREE)\n\tswitch (*objp) {\n%s" \
	    "\t\tbreak;\n\tdefault:\n\t\treturn FALSE;\n\t}\n", values[current]
}
