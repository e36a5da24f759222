package io.waybill.transfer.discovery;

import io.waybill.transfer.tcp.tls.Pin;
import java.util.Objects;
import java.util.Optional;

/**
 * A server as somebody on the local network announces it. Nothing of it is proven: compare the pin
 * with one that came another way.
 *
 * @param name printable, at most 63 characters; need not be unique
 * @param host an address
 * @param port 1 to 65,535
 * @param version of the protocol, printable, at most 16 characters; empty if none was told
 * @param pin of its key; empty if none was told, or a malformed one
 */
public record AnnouncedServer(
    String name, String host, int port, String version, Optional<Pin> pin) {
  public AnnouncedServer {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(pin, "pin");
  }
}
