#compdef rpcall
# zsh completion of rpcall. It asks rpcall itself, which reads the line with
# the tables that parse it, and asks the server at the line's target for its
# procedures, for half a second at most.
_rpcall() {
	local program=${(Q)words[1]/#\~\//$HOME/} line
	local -a before found whole open
	before=("${(@q)${(@Q)words[2,CURRENT-1]}}" "${(q)${(Q)PREFIX}}")
	found=("${(@f)$("$program" complete zsh "rpcall ${(j: :)before}" 2>/dev/null)}")
	for line in "${found[@]}"; do
		case $line in
		'') ;;
		*' ') whole+=("${line% }") ;;
		*) open+=("$line") ;;
		esac
	done
	compadd -M 'm:{a-zA-Z}={A-Za-z}' -a whole
	compadd -M 'm:{a-zA-Z}={A-Za-z}' -S '' -a open
	((${#whole} + ${#open}))
}
# Loaded by compinit it is called at once; sourced, it is told to zsh.
if [[ ${funcstack[1]} == _rpcall ]]; then
	_rpcall "$@"
else
	compdef _rpcall rpcall
fi
