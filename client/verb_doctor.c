/*
 * rpcall doctor: is rpcbind up, is what is registered there, does each
 * endpoint answer; each finding with what to do next.
 */
#include <errno.h>
#include <string.h>

#include "doctor/doctor.h"
#include "interrupt.h"
#include "open.h"
#include "verb.h"
#include "wire/pcap.h"

static const struct option_spec options[] = {
	PCAP_ARG,
	{ .name = NULL },
};

static int
look(struct doctor *d, int nargs, const char **args, struct failure *f)
{
	struct target t = { .mech = MECH_ID_rpc_local, .port = -1 };

	d->uri = nargs > 0 ? args[0] : "";
	if (nargs > 0 && target_parse_arg(&t, args[0], f) != 0)
		return -f->code;
	if (nargs > 1 && program_lookup(&d->asked, &t, args[1], f) != 0)
		return -f->code;
	d->program = nargs > 1 ? &d->asked : NULL;
	d->one_version = nargs > 1 && !d->asked.any;
	/* Who does not answer soon is not well. */
	if (common.timeout > common.connect_timeout)
		common.timeout = common.connect_timeout;
	return target_asks_rpcbind(&t) ? doctor_host(d, &t, f) :
	    doctor_endpoint(d, &t, f);
}

static int
print(const struct doctor *d, struct failure *f)
{
	int err = common.json ? diagnosis_json(stdout, &d->found, d->uri) :
	    diagnosis_print(stdout, &d->found, option_color(stdout));

	return failure_stdout(f, err);
}

static int
run_doctor(int nargs, const char **args)
{
	struct doctor d = { .uri = "" };
	struct failure f = { 0 };
	int code = 0;

	if (nargs > 2)
		return verb_usage(&verb_doctor);
	interrupt_catch();
	if (look(&d, nargs, args, &f) == 0)
		print(&d, &f);
	if (interrupt_signal() != 0)
		code = 128 + interrupt_signal();
	else if (f.code != 0)
		code = failure_print(&f);
	else
		code = d.found.count[LEVEL_FAIL] > 0 ? EXIT_NO : 0;
	diagnosis_release(&d.found);
	return code;
}

const struct verb verb_doctor = {
	.name = "doctor", .group = "Look",
	.summary = "is everything there, registered, and answering?",
	.usage = "[OPTIONS] [HOST | TARGET] [PROGRAM[/VERSION]]",
	.details = "Of a host (this machine where none is given): rpcbind over "
	    "its socket, TCP and UDP,\nits clock, and NULL at every address "
	    "that is registered; what a dead server left is\ntold, and how to "
	    "remove it. Of one endpoint: its file and its rights, who answers "
	    "there,\nin which envelope, as which process (where this machine "
	    "knows), and its programs.\nExit code 1 when something failed; "
	    "warnings do not count.\n",
	.options = options,
	.run = run_doctor,
};
