/*
 * Medians and the paired bootstrap declared in stats.h.
 *
 * A resample is kept as how often each pair was drawn. Its median is then
 * found by walking the pairs in an order sorted once beforehand, so that the
 * 10,000 resamples of a row need no sorting and take some milliseconds.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "measure/stats.h"

/* One side of the pairs: its values, and the pairs in ascending order. */
struct side {
	const double *value;
	unsigned order[STATS_PAIRS_MAX];
	unsigned n;
};

uint64_t
stats_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void
stats_shuffle(size_t *order, size_t n, uint64_t *state)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i > 1; i--) {
		size_t k = stats_random(state) % i, swap = order[i - 1];

		order[i - 1] = order[k];
		order[k] = swap;
	}
}

static int
compare_doubles(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

double
stats_median(double *v, size_t n)
{
	if (n == 0)
		return 0;
	qsort(v, n, sizeof(*v), compare_doubles);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void
side_init(struct side *s, const double *value, unsigned n)
{
	unsigned i, j;

	s->value = value;
	s->n = n;
	for (i = 0; i < n; i++) {
		for (j = i; j > 0 && value[s->order[j - 1]] > value[i]; j--)
			s->order[j] = s->order[j - 1];
		s->order[j] = i;
	}
}

/* The value that is k-th (from 0) when pair i stands drawn[i] times. */
static double
side_kth(const struct side *s, const unsigned *drawn, unsigned k)
{
	unsigned i, seen = 0;

	for (i = 0; i < s->n - 1; i++) {
		seen += drawn[s->order[i]];
		if (seen > k)
			break;
	}
	return s->value[s->order[i]];
}

static double
side_median(const struct side *s, const unsigned *drawn)
{
	double upper = side_kth(s, drawn, s->n / 2);

	if (s->n % 2)
		return upper;
	return (side_kth(s, drawn, s->n / 2 - 1) + upper) / 2;
}

static void
draw(unsigned *drawn, unsigned n, uint64_t *state)
{
	unsigned i;

	for (i = 0; i < n; i++)
		drawn[i] = 0;
	for (i = 0; i < n; i++)
		drawn[((stats_random(state) >> 32) * n) >> 32]++;
}

/*
 * The value that would be k-th were v sorted: Hoare's selection. A report has
 * hundreds of intervals of 10,000 values each, two of which are wanted.
 */
static double
select_kth(double *v, size_t n, size_t k)
{
	ptrdiff_t low = 0, high = (ptrdiff_t)n - 1, at = (ptrdiff_t)k;

	while (low < high) {
		ptrdiff_t i = low, j = high;
		double pivot = v[at];

		while (i <= j) {
			while (v[i] < pivot)
				i++;
			while (pivot < v[j])
				j--;
			if (i <= j) {
				double swapped = v[i];

				v[i++] = v[j];
				v[j--] = swapped;
			}
		}
		if (j < at)
			low = i;
		if (at < i)
			high = j;
	}
	return v[at];
}

/* The 95 % in the middle of ratio[]. */
static void
middle(double ratio[STATS_RESAMPLES], double *low, double *high)
{
	size_t cut = STATS_RESAMPLES / 40;

	*low = select_kth(ratio, STATS_RESAMPLES, cut);
	*high = select_kth(ratio, STATS_RESAMPLES, STATS_RESAMPLES - 1 - cut);
}

int
stats_median_interval(const double *v, unsigned n, uint64_t seed, double *low,
    double *high)
{
	double median[STATS_RESAMPLES];
	unsigned drawn[STATS_PAIRS_MAX];
	struct side side;

	if (n < STATS_PAIRS_MIN || n > STATS_PAIRS_MAX)
		return -EINVAL;
	side_init(&side, v, n);
	for (unsigned i = 0; i < STATS_RESAMPLES; i++) {
		draw(drawn, n, &seed);
		median[i] = side_median(&side, drawn);
	}
	middle(median, low, high);
	return 0;
}

int
stats_ratio_interval(const double *a, const double *b, unsigned n,
    uint64_t seed, double *low, double *high)
{
	double pairs[STATS_PAIRS_MAX];

	for (unsigned i = 0; i < n && i < STATS_PAIRS_MAX; i++)
		pairs[i] = a[i] / b[i];
	return stats_median_interval(pairs, n, seed, low, high);
}

int
stats_unpaired_interval(const double *a, unsigned na, const double *b,
    unsigned nb, uint64_t seed, double *low, double *high)
{
	double ratio[STATS_RESAMPLES];
	unsigned drawn[STATS_PAIRS_MAX];
	struct side over, under;

	if (na < STATS_PAIRS_MIN || na > STATS_PAIRS_MAX ||
	    nb < STATS_PAIRS_MIN || nb > STATS_PAIRS_MAX)
		return -EINVAL;
	side_init(&over, a, na);
	side_init(&under, b, nb);
	for (unsigned i = 0; i < STATS_RESAMPLES; i++) {
		draw(drawn, na, &seed);
		ratio[i] = side_median(&over, drawn);
		draw(drawn, nb, &seed);
		ratio[i] /= side_median(&under, drawn);
	}
	middle(ratio, low, high);
	return 0;
}
