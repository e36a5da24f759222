package io.waybill.jobs.cli;

import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.JobException;
import io.waybill.transfer.tcp.tls.Pin;
import java.nio.file.Path;
import java.util.List;
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
      names = "--plaintext",
      description = "No TLS: files travel in clear. The server must be told so too.")
  private boolean plaintext;

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
