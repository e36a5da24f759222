package io.waybill.transfer.remote;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * How an endpoint is treated.
 *
 * @param maxSessions how many sessions may be open at a time, at least 1
 * @param maxReconnects how many times one transfer makes a lost session again
 * @param sleeper how to wait between reconnects
 * @param random where the jitter of the waits comes from
 * @param clock of the receipts
 */
public record RemoteTerms(
    int maxSessions,
    int maxReconnects,
    Sleeper sleeper,
    RandomGenerator random,
    InstantSource clock) {}
