package io.waybill.transfer.ftp;

import io.waybill.transfer.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a server's FEAT reply offers (RFC 2389 3.2). */
final class Features {
  /** A command that makes the server hash a file. */
  record RemoteHash(Digest.Algorithm algorithm, String verb) {}

  private static final List<RemoteHash> OWN_COMMANDS =
      List.of(
          new RemoteHash(Digest.Algorithm.SHA_256, "XSHA256"),
          new RemoteHash(Digest.Algorithm.SHA_512, "XSHA512"),
          new RemoteHash(Digest.Algorithm.SHA_1, "XSHA1"),
          new RemoteHash(Digest.Algorithm.SHA_1, "XSHA"),
          new RemoteHash(Digest.Algorithm.MD5, "XMD5"),
          new RemoteHash(Digest.Algorithm.MD5, "MD5"));

  private static final List<String> FACTS = List.of("type", "size", "modify", "unix.mode");

  private final List<String> words = new ArrayList<>();
  private final Map<String, String> offered = new HashMap<>();

  /** Reads the reply's lines; only those that start with a blank are features. */
  Features(List<String> lines) {
    for (String line : lines) {
      if (line.startsWith(" ")) {
        words.add(line.strip());
        String[] parts = line.strip().split(" ", 2);
        offered.put(parts[0].toUpperCase(Locale.ROOT), parts.length > 1 ? parts[1] : "");
      }
    }
  }

  /** Returns the features as the server writes them. */
  List<String> words() {
    return List.copyOf(words);
  }

  boolean has(String name) {
    return offered.containsKey(name);
  }

  /**
   * Returns what {@code OPTS MLST} must ask for (RFC 3659 7.9): the facts that matter, if the
   * server has one that it does not tell by itself. One that marks none as told is believed to tell
   * all.
   */
  Optional<String> factsToAskFor() {
    String facts = offered.getOrDefault("MLST", "").toLowerCase(Locale.ROOT);
    List<String> wanted = new ArrayList<>();
    boolean isComplete = true;
    for (String fact : facts.split(";", -1)) {
      String name = fact.replace("*", "").strip();
      if (FACTS.contains(name)) {
        wanted.add(name);
        isComplete &= fact.endsWith("*");
      }
    }
    return isComplete || facts.indexOf('*') < 0
        ? Optional.empty()
        : Optional.of(String.join(";", wanted) + ";");
  }

  /** Says whether MFF (draft-somers-ftp-mfxx) sets modes. */
  boolean setsModes() {
    return offered.getOrDefault("MFF", "").toLowerCase(Locale.ROOT).contains("unix.mode");
  }

  boolean canRestart() {
    return offered.getOrDefault("REST", "").toUpperCase(Locale.ROOT).startsWith("STREAM");
  }

  /** Returns the strongest hash there is: HASH of the draft first, then the older commands. */
  Optional<RemoteHash> hash() {
    String names = offered.get("HASH");
    if (names != null) {
      for (Digest.Algorithm each :
          List.of(
              Digest.Algorithm.SHA_256,
              Digest.Algorithm.SHA_512,
              Digest.Algorithm.SHA_1,
              Digest.Algorithm.MD5)) {
        for (String name : names.replace("*", "").split(";", -1)) {
          if (name.strip().equalsIgnoreCase(hashName(each))) {
            return Optional.of(new RemoteHash(each, "HASH"));
          }
        }
      }
    }
    return OWN_COMMANDS.stream().filter(each -> has(each.verb())).findFirst();
  }

  /** Returns an algorithm's name in {@code OPTS HASH}. */
  static String hashName(Digest.Algorithm algorithm) {
    return algorithm.label().toUpperCase(Locale.ROOT);
  }
}
