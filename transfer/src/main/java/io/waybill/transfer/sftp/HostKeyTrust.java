package io.waybill.transfer.sftp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which host keys a client believes: those of a known_hosts file, or those with one of a few pins.
 * A key that has changed is never accepted; one that nobody has seen only after {@link
 * #acceptingNew()}.
 */
public final class HostKeyTrust {
  private final @Nullable Path file;
  private final List<HostKeyPin> pins;
  private final boolean acceptsNew;

  private HostKeyTrust(@Nullable Path file, List<HostKeyPin> pins, boolean acceptsNew) {
    this.file = file;
    this.pins = pins;
    this.acceptsNew = acceptsNew;
  }

  /**
   * Believes what a known_hosts file of OpenSSH says, hashed names, patterns and {@code @revoked}
   * included; a file that is not there knows nobody. {@code @cert-authority} lines are not used.
   */
  public static HostKeyTrust knownHosts(Path file) {
    return new HostKeyTrust(file, List.of(), false);
  }

  /** Believes {@code ~/.ssh/known_hosts}. */
  public static HostKeyTrust userKnownHosts() {
    return knownHosts(Path.of(System.getProperty("user.home"), ".ssh", "known_hosts"));
  }

  /**
   * Believes a key with one of these pins, several for a change of keys: {@code SHA256:<base64>},
   * as {@code ssh-keygen -lf} prints it, or {@code sha-256:} and hexadecimal or base64url.
   *
   * @throws IllegalArgumentException if there is none, or one is malformed
   */
  public static HostKeyTrust pinned(String... pins) {
    if (pins.length == 0) {
      throw new IllegalArgumentException("No host key pin");
    }
    return new HostKeyTrust(null, Arrays.stream(pins).map(HostKeyPin::parse).toList(), false);
  }

  /**
   * Returns the same, but believing the first key of a host that the file does not know, and
   * writing it there. Whoever is in between at that first time is believed for good.
   *
   * @throws IllegalStateException if there are pins instead of a file
   */
  public HostKeyTrust acceptingNew() {
    if (file == null) {
      throw new IllegalStateException("Pins say which keys are believed; there are no new ones");
    }
    return new HostKeyTrust(file, List.of(), true);
  }

  /** Returns the same, but never believing a new key. */
  HostKeyTrust acceptingNone() {
    return new HostKeyTrust(file, pins, false);
  }

  /** Returns the keys that are known, so that the server can be asked for one of their kind. */
  List<HostKey> keys(SftpServer server) throws SshRefusedException {
    return file == null ? List.of() : read(file).keys(server.host(), server.port());
  }

  /**
   * Decides about one key; only a new one that is accepted is written down.
   *
   * @throws SshRefusedException if the key is not believed, or the file cannot be read or written
   */
  void require(SftpServer server, HostKey key) throws SshRefusedException {
    Path known = file;
    if (known == null) {
      if (pins.stream().noneMatch(each -> each.matches(key))) {
        throw refused(
            "The host key of %s is %s, but the pin is %s. Connect only if its administrator says that this is its key, and then with that pin"
                .formatted(server.endpoint(), key, joined(pins)));
      }
      return;
    }
    KnownHosts hosts = read(known);
    if (hosts.isRevoked(server.host(), server.port(), key)) {
      throw refused(
          "The host key of %s, %s, is marked @revoked in %s: somebody else may have it. Ask its administrator for the new one"
              .formatted(server.endpoint(), key, known));
    }
    List<HostKey> keys = hosts.keys(server.host(), server.port());
    if (keys.contains(key)) {
      return;
    }
    String name = KnownHosts.nameOf(server.host(), server.port());
    if (!keys.isEmpty()) {
      throw refused(
          "The host key of %s has CHANGED: it is now %s, but %s says %s. Somebody may be listening in. Only if its administrator confirms the new key: ssh-keygen -f '%s' -R '%s', then accept it anew"
              .formatted(server.endpoint(), key, known, joined(keys), known, name));
    }
    if (!acceptsNew) {
      throw refused(
          "The host key of %s is not known: %s. Compare it with what its administrator says, then pin it (%s), or add it to %s, or accept new keys at the first connection"
              .formatted(server.endpoint(), key, key.fingerprint(), known));
    }
    write(known, name, key);
  }

  private static String joined(List<?> each) {
    return each.stream().map(Object::toString).collect(Collectors.joining(" or "));
  }

  private static SshRefusedException refused(String message) {
    return new SshRefusedException(SshRefusedException.Reason.HOST_KEY, message, null);
  }

  private static KnownHosts read(Path file) throws SshRefusedException {
    try {
      // the names of keys are ASCII, comments may be anything
      return KnownHosts.parse(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return KnownHosts.parse(List.of());
    } catch (IOException e) {
      throw new SshRefusedException(
          SshRefusedException.Reason.SETTINGS,
          "Cannot read the known hosts in %s: %s".formatted(file, e),
          e);
    }
  }

  // two sessions may meet the same new host at once: one line is enough, and they are the same
  private static synchronized void write(Path file, String name, HostKey key)
      throws SshRefusedException {
    String line =
        "%s %s %s\n".formatted(name, key.type(), Base64.getEncoder().encodeToString(key.blob()));
    try {
      makeFile(file);
      String before = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (before.contains(line)) {
        return;
      }
      String start = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
      Files.writeString(file, start + line, StandardCharsets.ISO_8859_1, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new SshRefusedException(
          SshRefusedException.Reason.SETTINGS,
          "Cannot write the new host key to %s: %s".formatted(file, e),
          e);
    }
  }

  private static void makeFile(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    Optional<String> rights =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? Optional.of("rw-------")
            : Optional.empty();
    if (parent != null && !Files.exists(parent)) {
      Files.createDirectories(parent, attributes(rights.map(each -> "rwx------")));
    }
    if (!Files.exists(file)) {
      Files.createFile(file, attributes(rights));
    }
  }

  private static FileAttribute<?>[] attributes(Optional<String> rights) {
    return rights.isEmpty()
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights.get()))
        };
  }
}
