/*
 * Completion scripts: see scripts.h. The build makes strings of the files.
 */
#include "complete/scripts.h"

#include <stddef.h>
#include <string.h>

static const char bash[] =
#include "complete/rpcall.bash.inc"
    ;
static const char zsh[] =
#include "complete/rpcall.zsh.inc"
    ;

const char *
completion_script(const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		return bash;
	return strcmp(shell, "zsh") == 0 ? zsh : NULL;
}
