/*
 * Runs every suite of suites.def. Check prints a line per failed test; the
 * last line of the output is "N passed, N failed, N skipped", which the
 * Makefile and the CI read. Exits with 1 if a test failed, or if none ran.
 */
#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed, ran;

#define SUITE(name) srunner_add_suite(runner, name##_suite());
#include "suites.def"
#undef SUITE
	srunner_run_all(runner, CK_NORMAL);
	ran = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	/* Check has no notion of a skipped test; the others' runners do. */
	printf("%d passed, %d failed, 0 skipped\n", ran - failed, failed);
	return failed > 0 || ran == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
