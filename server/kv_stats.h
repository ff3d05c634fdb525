/*
 * What this process has done with the store of KV, for those who show it.
 */
#ifndef RPCALLD_KV_STATS_H
#define RPCALLD_KV_STATS_H

struct kv_stats {
	unsigned long long mutations;	/* revisions that were made here */
	unsigned long long commits;	/* transactions that held them */
	unsigned long long syncs;	/* to disk */
	unsigned long long watches;	/* calls that wait for changes now */
};

/* All zero where KV is not served. From any thread. */
void kv_stats(struct kv_stats *out);

#endif
