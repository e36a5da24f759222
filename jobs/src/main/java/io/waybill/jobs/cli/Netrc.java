package io.waybill.jobs.cli;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.log.SecretMask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Logins by host, as FTP clients and curl keep them: {@code machine HOST login USER password KEY},
 * {@code default} for all other hosts. {@code account} and {@code macdef} are passed over.
 */
final class Netrc {
  private static final int MOST_BYTES = 1 << 20;

  private final List<Entry> entries;

  private record Entry(Optional<String> host, Optional<String> user, Optional<String> key) {}

  private Netrc(List<Entry> entries) {
    this.entries = entries;
  }

  /**
   * Reads {@code $NETRC}, else {@code ~/.netrc}; empty if there is none.
   *
   * @throws JobException.Configuration if it cannot be read, or others than its owner can
   */
  static Optional<Netrc> of(Map<String, String> environment) {
    Optional<Path> file =
        Optional.ofNullable(environment.get("NETRC"))
            .map(Path::of)
            .or(
                () ->
                    Optional.ofNullable(environment.get("HOME"))
                        .map(home -> Path.of(home, ".netrc")))
            .filter(Files::isRegularFile);
    return file.map(Netrc::read);
  }

  private static Netrc read(Path file) {
    try {
      requirePrivate(file);
      if (Files.size(file) > MOST_BYTES) {
        throw new JobException.Configuration(file + " is larger than 1 MiB, and so no netrc");
      }
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new JobException.Configuration(
          file + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (posix == null) {
      return;
    }
    Set<PosixFilePermission> permissions = posix.readAttributes().permissions();
    if (permissions.stream().anyMatch(each -> !each.name().startsWith("OWNER_"))) {
      throw new JobException.Configuration(
          file + " holds keys and is open to others; run: chmod 600 " + file);
    }
  }

  /** Reads the words of a file. */
  static Netrc parse(String text) {
    List<Entry> entries = new ArrayList<>();
    Entry current = null;
    List<String> words = words(text);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      Optional<String> value =
          i + 1 < words.size() ? Optional.of(words.get(i + 1)) : Optional.empty();
      boolean takesValue = Set.of("machine", "login", "password", "account").contains(word);
      if (word.equals("machine") || word.equals("default")) {
        if (current != null) {
          entries.add(current);
        }
        current =
            new Entry(
                word.equals("machine") ? value : Optional.empty(),
                Optional.empty(),
                Optional.empty());
      } else if (word.equals("login") && current != null) {
        current = new Entry(current.host(), value, current.key());
      } else if (word.equals("password") && current != null) {
        current = new Entry(current.host(), current.user(), value);
      }
      i += takesValue ? 1 : 0;
    }
    if (current != null) {
      entries.add(current);
    }
    return new Netrc(entries);
  }

  // a macro goes on to the next empty line
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    boolean isMacro = false;
    for (String line : text.lines().toList()) {
      String bare = line.strip();
      isMacro = (isMacro || bare.startsWith("macdef")) && !bare.isEmpty();
      if (!isMacro && !bare.startsWith("#") && !bare.isEmpty()) {
        words.addAll(List.of(bare.split("\\s+")));
      }
    }
    return words;
  }

  /** Returns the first entry for a host, and for this user if one is named. */
  Optional<Connection.Login> find(String host, Optional<String> user) {
    return entries.stream()
        .filter(entry -> entry.host().isEmpty() || entry.host().get().equalsIgnoreCase(host))
        .filter(entry -> user.isEmpty() || entry.user().isEmpty() || entry.user().equals(user))
        .filter(entry -> entry.key().isPresent() && (user.isPresent() || entry.user().isPresent()))
        .findFirst()
        .map(
            entry ->
                new Connection.Login(
                    user.or(entry::user).orElseThrow(),
                    new Secret(
                        "netrc",
                        () -> entry.key().orElseThrow(),
                        SecretMask.ofThisProcess()::remember)));
  }

  @Override
  public String toString() {
    return "Netrc[" + entries.size() + " entries]";
  }
}
