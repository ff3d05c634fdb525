"""Completion in the shells themselves: bash and zsh, driven and at a terminal."""
import os
import shutil
import subprocess

from tests.lib.completion import private
from tests.lib.harness import BUILD, PATIENCE, ROOT, equal, skip, test
from tests.lib.mechanisms import shared_daemon
from tests.lib.targets import target
from tests.lib.terminal import Terminal

DRIVER = r"""
source <("$1" completion bash)
COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"$2"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_rpcall "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


@test("bash's function puts the candidates into COMPREPLY")
def driven():
    with private() as env:
        uri = target(shared_daemon(), "unix")
        for line, wanted in (("rpcall desc", ["describe "]),
                             (f"rpcall call {uri} KV/1.GE", ["KV/1.GET "]),
                             (f"rpcall call {uri[:-3]}", [uri.partition(":")[2] + " "])):
            done = subprocess.run(
                ["bash", "--norc", "-c", DRIVER, "bash", f"{BUILD}/rpcall", line],
                env=env, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
            equal((done.stdout.splitlines(), done.stderr), (wanted, ""), line)


def type_lines(shell, uri):
    """The same keys in both shells. What runs is what Tab has made of them."""
    shell.type(f"rpcall ca\t{uri[:-3]}\techo.ec\t'\"text:hi\"'\n")
    shell.wait('"hex:6869"\r\n')
    shell.wait("ready> ")
    shell.type("rpcall describe -i idl/ech\techo_pay\t\n")
    shell.wait("typedef opaque echo_payload")
    shell.wait("ready> ")
    shell.type(f"rpcall call {uri} KV/1.RANGE -f pre\ttext:none -f keys\ttr\t--zero-f\t\n")
    shell.wait('"KV_OK"')
    shell.wait("ready> ")


@test("Tab in bash completes verb, target, procedure, file, member and value; the line runs")
def bash():
    uri = target(shared_daemon(), "unix")
    with private(PS1="ready> ", INPUTRC="/dev/null", HISTFILE="/dev/null") as env, \
            Terminal(["/bin/bash", "--norc", "--noprofile", "-i"], env, ROOT) as shell:
        shell.wait("ready> ")
        shell.type("source <(rpcall completion bash); echo is $?\n")
        shell.wait("is 0\r\n")
        shell.wait("ready> ")
        type_lines(shell, uri)
        shell.type("exit 7\n")
        equal(shell.end(), 7, "bash")


@test("Tab in zsh completes the same")
def zsh():
    path = shutil.which("zsh") or skip("zsh is not installed")
    uri = target(shared_daemon(), "unix")
    with private(PS1="ready> ", HISTFILE="/dev/null") as env, \
            Terminal([path, "-f", "-i"], env, ROOT) as shell:
        shell.wait("ready> ")
        shell.type("unsetopt prompt_sp; autoload -U compinit; compinit -u -D; "
                   "source <(rpcall completion zsh); echo is $?\n")
        shell.wait("is 0\r\n")
        shell.wait("ready> ")
        type_lines(shell, uri)
        shell.type("exit 7\n")
        equal(shell.end(), 7, "zsh")


@test("zsh finds the script where it is installed")
def zsh_installed():
    path = shutil.which("zsh") or skip("zsh is not installed")
    with private(PS1="ready> ", HISTFILE="/dev/null") as env, \
            Terminal([path, "-f", "-i"], env, ROOT) as shell:
        shutil.copy(os.path.join(ROOT, "client", "complete", "rpcall.zsh"),
                    os.path.join(env["HOME"], "_rpcall"))
        shell.wait("ready> ")
        shell.type("fpath=($HOME $fpath); autoload -U compinit; compinit -u -D; echo is $?\n")
        shell.wait("is 0\r\n")
        shell.wait("ready> ")
        shell.type("rpcall describe -i idl/ech\techo_pay\t\n")
        shell.wait("typedef opaque echo_payload")
        shell.type("exit 7\n")
        equal(shell.end(), 7, "zsh")
