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
          "The server's key, sha-256:..., as \"waybill serve\" prints it, of an sftp host SHA256:...; given several times while it gets a new one, any of them will do. Of two servers each takes what is of its kind.")
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

  private boolean isForTwo;
  private boolean isPinPassedOver;
  private boolean isPinUsed;

  /** Lets a pin and known hosts stand beside each other: they may be of two servers. */
  void forTwo() {
    isForTwo = true;
  }

  /**
   * Checks, once both servers have taken what they are known by, that none was passed over.
   *
   * @throws JobException.Configuration if a pin was that nobody else has taken
   */
  void requireTaken() {
    if (isPinPassedOver && !isPinUsed) {
      throw exclusive();
    }
  }

  private static JobException.Configuration exclusive() {
    return new JobException.Configuration(
        "--pin, --known-hosts and --accept-new exclude each other: an sftp host is known by one of them");
  }

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
      if (!isForTwo) {
        throw exclusive();
      }
      isPinPassedOver = true;
      return new HostKeys.Known(Optional.ofNullable(knownHosts), acceptNew);
    }
    List<String> known = pins;
    boolean isOneForSsh = pins.stream().anyMatch(ServerOptions::isOfSshOnly);
    if (isForTwo && isOneForSsh) { // the others are the other server's
      known = pins.stream().filter(ServerOptions::isOfSshOnly).toList();
    }
    try {
      HostKeyTrust.pinned(known.toArray(String[]::new));
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("--pin is not a host key's: " + e.getMessage(), e);
    }
    return new HostKeys.Pinned(known);
  }

  // as ssh-keygen prints it, which no other server is known by
  private static boolean isOfSshOnly(String pin) {
    return pin.strip().startsWith("SHA256:");
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
    List<String> own = isForTwo ? pins.stream().filter(pin -> !isOfSshOnly(pin)).toList() : pins;
    int given = (own.isEmpty() ? 0 : 1) + (ca == null ? 0 : 1) + (plaintext ? 1 : 0);
    if (given > 1) {
      throw new JobException.Configuration(
          "--pin, --ca and --plaintext exclude each other: a server is known by one of them"
              + (isForTwo ? "; the pin of an sftp host is written SHA256:..." : ""));
    }
    if (given == 0 && !pins.isEmpty()) {
      throw new JobException.Configuration(
          "--pin SHA256:... is of an sftp host; say what the other server is known by, too: one more --pin (sha-256:...), --target-pin, or --ca");
    }
    isPinUsed |= !own.isEmpty();
    if (plaintext) {
      return new Trust.Plaintext();
    }
    if (ca != null) {
      return new Trust.Authority(ca);
    }
    return own.isEmpty()
        ? new Trust.Public()
        : new Trust.Pinned(own.stream().map(ServerOptions::parsed).toList());
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
