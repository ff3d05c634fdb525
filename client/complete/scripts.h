/*
 * The scripts that make shells ask `rpcall complete`: rpcall.bash and
 * rpcall.zsh, built in.
 */
#ifndef RPCALL_COMPLETE_SCRIPTS_H
#define RPCALL_COMPLETE_SCRIPTS_H

/* For "bash" or "zsh"; else NULL. */
const char *completion_script(const char *shell);

#endif
