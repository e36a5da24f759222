package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import java.util.Optional;

/**
 * What an endpoint's sessions are like.
 *
 * @param protection protocol and cipher; empty without any
 * @param restartsReads whether a download goes on where it stopped
 * @param restartsWrites whether an upload does
 * @param hash what it hashes by itself; empty if it does not
 * @param introduction what it says of itself
 */
public record RemoteTraits(
    Optional<String> protection,
    boolean restartsReads,
    boolean restartsWrites,
    Optional<Digest.Algorithm> hash,
    Introduction introduction) {}
