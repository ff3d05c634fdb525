/*
 * The list of html_sections.h.
 */
#include "report/html_sections.h"

#define KEY(text, shape) \
	"<li><svg aria-hidden=\"true\">" shape "</svg>" text "</li>"

static const char latency_legend[] = "<ul class=\"legend\">"
    KEY("how often (height: square root)", "<path class=\"shape\" "
	"d=\"M0 8C6 8 5 1 10 1S18 7 30 8C18 9 15 15 10 15S6 8 0 8Z\"/>")
    KEY("p50", "<circle class=\"dot\" cx=\"15\" cy=\"8\" r=\"4.5\"/>")
    KEY("to p99", "<path class=\"range\" d=\"M0 8H30M30 3V13\"/>")
    KEY("floor, p50: bare ping-pong on the same kind of descriptor",
	"<line class=\"floor\" x1=\"15\" x2=\"15\" y1=\"0\" y2=\"16\"/>")
    KEY("stock, p50: libtirpc\u2019s own server and client",
	"<path class=\"stock\" d=\"M15 3l5 5-5 5-5-5Z\"/>")
    "</ul>\n";

static const char cpu_legend[] = "<ul class=\"legend\">"
    KEY("client", "<rect class=\"client\" y=\"2\" width=\"30\" "
	"height=\"12\" rx=\"2\"/>")
    KEY("server", "<rect class=\"server\" y=\"2\" width=\"30\" "
	"height=\"12\" rx=\"2\"/>")
    "</ul>\n";

static const char percentiles_legend[] = "<ul class=\"legend\">"
    KEY("at least 10 samples beyond", "<path class=\"line\" d=\"M0 8H30\"/>")
    KEY("fewer, up to the slowest call", "<path class=\"beyond\" "
	"d=\"M0 8H30\"/><g class=\"hollow\"><circle class=\"dot\" cx=\"30\" "
	"cy=\"8\" r=\"4\"/></g>")
    "</ul>\n";

const struct section sections[SECTIONS] = {
	{ "latency", "Latency", "Latency",
	    "Values in \u00b5s; all panels share one logarithmic axis.",
	    latency_legend, charts_of_latency },
	{ "size", "Payload size", "What payload size costs",
	    "Throughput counts the payload of both directions.", "",
	    charts_by_size },
	{ "concurrency", "Concurrency", "What calls under way bring",
	    "A closed loop: a call leaves when an answer to an earlier one "
	    "has come.", "", charts_by_concurrency },
	{ "rate", "Offered rate", "Latency against offered rate",
	    "An open loop: calls leave when they are due, whatever the answers "
	    "do, and latency counts from when they were due.", "",
	    charts_by_rate },
	{ "cpu", "CPU time", "CPU time per call",
	    "User and system time in \u00b5s, client and server stacked; each "
	    "panel has its own axis.", cpu_legend, charts_of_cpu },
	{ "percentiles", "Percentiles", "Latency by percentile",
	    "Each step to the right is ten times rarer.", percentiles_legend,
	    charts_of_percentiles },
};
