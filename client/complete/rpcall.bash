# bash completion of rpcall. It asks rpcall itself, which reads the line with
# the tables that parse it, and asks the server at the line's target for its
# procedures, for half a second at most.
_rpcall() {
	local line program=${1/#\~\//$HOME/}
	COMPREPLY=()
	while IFS= read -r line; do
		COMPREPLY+=("$line")
	done < <("$program" complete bash "${COMP_LINE:0:COMP_POINT}" \
		"$COMP_WORDBREAKS" 2>/dev/null)
}
# What is complete comes with its blank.
complete -o nospace -o bashdefault -o default -F _rpcall rpcall
