package io.waybill.transfer.sidecar;

import io.waybill.transfer.Digest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What names of sidecars say, and which of a directory's names are sidecars of a file. */
public final class SidecarName {
  /** The algorithms of sidecars by what names and tags call them, the strongest first. */
  private static final Map<Digest.Algorithm, String> WORDS =
      Map.of(
          Digest.Algorithm.SHA_512, "sha512",
          Digest.Algorithm.SHA_256, "sha256",
          Digest.Algorithm.SHA_1, "sha1",
          Digest.Algorithm.MD5, "md5");

  static final List<Digest.Algorithm> STRONGEST_FIRST =
      List.of(
          Digest.Algorithm.SHA_512,
          Digest.Algorithm.SHA_256,
          Digest.Algorithm.SHA_1,
          Digest.Algorithm.MD5);

  /** Orders names by the algorithms that they tell of. */
  static final Comparator<String> STRONG_NAMES_FIRST =
      Comparator.comparingInt(
              (String each) ->
                  algorithm(each).map(STRONGEST_FIRST::indexOf).orElse(STRONGEST_FIRST.size()))
          .thenComparing(Comparator.naturalOrder());

  // x.sha256, x.sha256sum, x.sha256.txt
  private static final Pattern OF_ONE =
      Pattern.compile("(?s)(.+)\\.(sha512|sha256|sha1|md5)(?:sum)?(?:\\.txt)?");
  // SHA256SUMS, sha256sum.txt, checksums.sha256, release-1.2_SHA256SUMS
  private static final Pattern OF_MANY =
      Pattern.compile("(?s)(?:.*[._-])?(sha512|sha256|sha1|md5)sums?(?:\\.txt)?");
  private static final Pattern UNNAMED = Pattern.compile("checksums?(?:\\.txt)?");
  private static final Pattern DRIVE = Pattern.compile("(?s)[A-Za-z]:.*");

  private SidecarName() {}

  /** Returns the algorithm that a sidecar's name tells of; empty if it tells of none. */
  public static Optional<Digest.Algorithm> algorithm(String sidecar) {
    String lower = last(sidecar).toLowerCase(Locale.ROOT);
    for (Pattern each : List.of(OF_ONE, OF_MANY)) {
      Matcher matcher = each.matcher(lower);
      if (matcher.matches()) {
        return byWord(matcher.group(each == OF_ONE ? 2 : 1));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the name of the file that {@code x.sha256} is for, {@code x}; empty for other names.
   */
  public static Optional<String> file(String sidecar) {
    String name = last(sidecar);
    Matcher matcher = OF_ONE.matcher(name.toLowerCase(Locale.ROOT));
    // lower-casing may change lengths; what was matched behind the name is of ASCII
    return matcher.matches()
        ? Optional.of(name.substring(0, name.length() - (matcher.end() - matcher.end(1))))
        : Optional.empty();
  }

  /**
   * Returns the names that may be sidecars of a file, the best first: its own before those of many
   * files, strong algorithms before weak ones.
   *
   * @param file one segment
   * @param names what is in its directory
   */
  public static List<String> candidates(String file, Collection<String> names) {
    SidecarIndex index = SidecarIndex.of(names);
    List<String> candidates = new ArrayList<>(index.own(file));
    candidates.addAll(index.shared());
    return candidates;
  }

  /** Says whether a name is that of a sidecar of many files: {@code SHA256SUMS}. */
  static boolean isOfMany(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return OF_MANY.matcher(lower).matches()
        || UNNAMED.matcher(lower).matches()
        || file(name)
            .map(each -> each.toLowerCase(Locale.ROOT))
            .filter(UNNAMED.asMatchPredicate())
            .isPresent();
  }

  /** Returns what a file's own sidecars are mostly called, the best first. */
  public static List<String> usual(String file) {
    return STRONGEST_FIRST.stream().map(each -> ofFile(file, each)).toList();
  }

  /** Returns what sidecars of many files are mostly called, the best first. */
  public static List<String> usualOfMany() {
    List<String> names = new ArrayList<>();
    for (Digest.Algorithm each : STRONGEST_FIRST) {
      names.add(ofTree(each));
      names.add(WORDS.get(each) + "sum.txt");
    }
    return names;
  }

  /**
   * Returns what a file's own sidecar is called, {@code x.sha256}.
   *
   * @throws IllegalArgumentException if sidecars do not have the algorithm
   */
  public static String ofFile(String file, Digest.Algorithm algorithm) {
    return file + "." + word(algorithm);
  }

  /**
   * Returns what the sidecar of all files of a tree is called, {@code SHA256SUMS}.
   *
   * @throws IllegalArgumentException if sidecars do not have the algorithm
   */
  public static String ofTree(Digest.Algorithm algorithm) {
    return word(algorithm).toUpperCase(Locale.ROOT) + "SUMS";
  }

  private static String word(Digest.Algorithm algorithm) {
    String word = WORDS.get(algorithm);
    if (word == null) {
      throw new IllegalArgumentException("Sidecars have no " + algorithm.label() + " digests");
    }
    return word;
  }

  /** Returns the algorithms that sidecars have, the strongest first. */
  public static List<Digest.Algorithm> algorithms() {
    return STRONGEST_FIRST;
  }

  /** Finds an algorithm by what tags call it: {@code SHA256}, {@code SHA2-256}, {@code MD5}. */
  static Optional<Digest.Algorithm> byTag(String tag) {
    return byWord(tag.toLowerCase(Locale.ROOT).replace("sha2-", "sha").replace("sha-", "sha"));
  }

  private static Optional<Digest.Algorithm> byWord(String word) {
    return STRONGEST_FIRST.stream().filter(each -> word.equals(WORDS.get(each))).findFirst();
  }

  /** Returns what a tag calls an algorithm; empty if sidecars do not have it. */
  static Optional<String> tag(Digest.Algorithm algorithm) {
    return Optional.ofNullable(WORDS.get(algorithm)).map(each -> each.toUpperCase(Locale.ROOT));
  }

  /** Says whether a name stays below its directory, on any system. */
  public static boolean isInside(String name) {
    if (name.indexOf('\0') >= 0 || DRIVE.matcher(name).matches()) {
      return false;
    }
    for (String each : name.split("[/\\\\]", -1)) {
      if (each.isEmpty() || each.equals(".") || each.equals("..")) {
        return false;
      }
    }
    return true;
  }

  static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
