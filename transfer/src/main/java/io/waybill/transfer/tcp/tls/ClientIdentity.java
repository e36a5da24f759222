package io.waybill.transfer.tcp.tls;

import java.util.Optional;

/**
 * Says which certificate a client proved to have.
 *
 * @param pin its key
 * @param commonName the CN of its subject, only if the server's authorities vouch for it
 */
public record ClientIdentity(Pin pin, Optional<String> commonName) {}
