package io.waybill.jobs.cli;

import io.waybill.jobs.Connection.HostKeys;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.JobException;
import io.waybill.transfer.sftp.HostKeyTrust;
import io.waybill.transfer.tcp.tls.Pin;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By what a server that is named by a URI is known. */
final class ServerOptions {
  @Option(
      names = "--pin",
      paramLabel = "PIN",
      description =
          "The server's key, sha-256:..., as \"waybill serve\" prints it; given several times while it gets a new one, any of them will do.")
  private List<String> pins = List.of();

  @Option(
      names = "--ca",
      paramLabel = "PEM",
      description =
          "Authorities that may vouch for the server's name; else those that Java trusts.")
  private @Nullable Path ca;

  @Option(
      names = "--known-hosts",
      paramLabel = "FILE",
      description = "For sftp: the file of known host keys; else ~/.ssh/known_hosts.")
  private @Nullable Path knownHosts;

  @Option(
      names = "--accept-new",
      description = "For sftp: write down the key of a host that nobody has seen before.")
  private boolean acceptNew;

  @Option(
      names = "--plaintext",
      description = "No TLS: files travel in clear. The server must be told so too.")
  private boolean plaintext;

  /**
   * Returns which keys of SSH hosts are believed.
   *
   * @throws JobException.Configuration if the options contradict each other
   */
  HostKeys hostKeys() {
    if (pins.isEmpty()) {
      return new HostKeys.Known(Optional.ofNullable(knownHosts), acceptNew);
    }
    if (knownHosts != null || acceptNew) {
      throw new JobException.Configuration(
          "--pin, --known-hosts and --accept-new exclude each other: a host is known by one of them");
    }
    try {
      HostKeyTrust.pinned(pins.toArray(String[]::new));
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("--pin is not a host key's: " + e.getMessage(), e);
    }
    return new HostKeys.Pinned(pins);
  }

  /** Says whether what travels in clear is meant to. */
  boolean isPlaintext() {
    return plaintext;
  }

  static ServerOptions pinned(List<String> pins) {
    ServerOptions options = new ServerOptions();
    options.pins = pins;
    return options;
  }

  /**
   * Returns by what the server is known.
   *
   * @throws JobException.Configuration if the options contradict each other
   */
  Trust trust() {
    int given = (pins.isEmpty() ? 0 : 1) + (ca == null ? 0 : 1) + (plaintext ? 1 : 0);
    if (given > 1) {
      throw new JobException.Configuration(
          "--pin, --ca and --plaintext exclude each other: a server is known by one of them");
    }
    if (plaintext) {
      return new Trust.Plaintext();
    }
    if (ca != null) {
      return new Trust.Authority(ca);
    }
    return pins.isEmpty()
        ? new Trust.Public()
        : new Trust.Pinned(pins.stream().map(ServerOptions::parsed).toList());
  }

  private static String parsed(String text) {
    try {
      return Pin.parse(text).toString();
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(
          "--pin is not a pin: \"%s\"; write sha-256: and 43 characters, as \"waybill serve\" prints it"
              .formatted(text.length() > 80 ? text.substring(0, 80) + "..." : text),
          e);
    }
  }
}
