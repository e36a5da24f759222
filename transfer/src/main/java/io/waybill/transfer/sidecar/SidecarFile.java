package io.waybill.transfer.sidecar;

import io.waybill.transfer.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The content of a sidecar: digests of one file or many. It is believed as a whole or not at all:
 * one line that is malformed, or that says another digest of a file than an earlier one, and no
 * line counts.
 */
public final class SidecarFile {
  /** The longest file that is read. */
  public static final int MOST_BYTES = 16 << 20;

  /** The longest line: of a name of 4,096 bytes, each of them escaped, and a digest. */
  public static final int MOST_LINE_CHARS = 8500;

  /** The most files that one tells of. */
  public static final int MOST_ENTRIES = 100_000;

  private final List<Sidecar> entries;
  private final Map<String, Sidecar> byName = new HashMap<>();
  private final Map<String, Set<String>> byLastSegment = new HashMap<>();

  private SidecarFile(List<Sidecar> entries) {
    this.entries = List.copyOf(entries);
    for (Sidecar each : entries) {
      byName.merge(each.name(), each, SidecarFile::stronger);
      byLastSegment
          .computeIfAbsent(SidecarName.last(each.name()), key -> new HashSet<>(2))
          .add(each.name());
    }
  }

  private static Sidecar stronger(Sidecar one, Sidecar other) {
    return SidecarName.STRONGEST_FIRST.indexOf(one.algorithm())
            <= SidecarName.STRONGEST_FIRST.indexOf(other.algorithm())
        ? one
        : other;
  }

  /**
   * Reads a sidecar. Its name says the algorithm, and the file's name where the content does not;
   * lines with a tag say the algorithm themselves, and if nothing does, the length of a digest
   * decides. Empty lines and those that begin with {@code #} are passed over.
   *
   * @param fileName the sidecar's own name
   * @throws SidecarFormatException if it is malformed, or exceeds a limit
   * @throws IOException if it cannot be read
   */
  public static SidecarFile parse(String fileName, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new SidecarFormatException(fileName, 0, "it has more than " + MOST_BYTES + " bytes");
    }
    return new SidecarFile(new Reading(fileName).read(text(fileName, bytes)));
  }

  private static String text(String fileName, byte[] bytes) throws SidecarFormatException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text; // as editors of Windows begin
    } catch (CharacterCodingException e) {
      throw new SidecarFormatException(fileName, 0, "it is not UTF-8 text");
    }
  }

  /** One pass through the lines. */
  private static final class Reading {
    private final String fileName;
    private final Optional<Digest.Algorithm> algorithm;
    private final Map<Key, Sidecar> found = new LinkedHashMap<>();

    private record Key(String name, Digest.Algorithm algorithm) {}

    private Reading(String fileName) {
      this.fileName = fileName;
      this.algorithm = SidecarName.algorithm(fileName);
    }

    private List<Sidecar> read(String text) throws SidecarFormatException {
      int number = 0;
      for (int start = 0; start < text.length(); ) {
        number++;
        int end = text.indexOf('\n', start);
        end = end < 0 ? text.length() : end;
        if (end - start > MOST_LINE_CHARS) {
          throw new SidecarFormatException(
              fileName, number, "it has more than " + MOST_LINE_CHARS + " characters");
        }
        String line = text.substring(start, end);
        take(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line, number);
        start = end + 1;
      }
      if (found.isEmpty()) {
        throw new SidecarFormatException(fileName, 0, "there is no digest in it");
      }
      return new ArrayList<>(found.values());
    }

    private void take(String line, int number) throws SidecarFormatException {
      if (line.isBlank() || line.startsWith("#")) {
        return;
      }
      Sidecar sidecar;
      try {
        sidecar = sidecar(SidecarLine.parse(line));
      } catch (IllegalArgumentException e) {
        throw new SidecarFormatException(fileName, number, String.valueOf(e.getMessage()));
      }
      Sidecar before = found.putIfAbsent(new Key(sidecar.name(), sidecar.algorithm()), sidecar);
      if (before != null && !before.equals(sidecar)) {
        throw new SidecarFormatException(
            fileName, number, "an earlier line says another digest of " + sidecar.name());
      }
      if (found.size() > MOST_ENTRIES) {
        throw new SidecarFormatException(
            fileName, number, "it tells of more than " + MOST_ENTRIES + " files");
      }
    }

    private Sidecar sidecar(SidecarLine line) {
      String name = line.name();
      if (name.isEmpty()) {
        name =
            SidecarName.file(fileName)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "there is a digest without a name, and the sidecar's own name does not say of which file"));
      }
      Digest.Algorithm chosen =
          line.algorithm().or(() -> algorithm).orElseGet(() -> ofLength(line.hex()));
      return new Sidecar(name, new Digest(chosen, line.hex()));
    }

    private static Digest.Algorithm ofLength(String hex) {
      return SidecarName.STRONGEST_FIRST.stream()
          .filter(each -> 2 * each.lengthBytes() == hex.length())
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      hex.length() + " hexadecimal digits are the length of no known digest"));
    }
  }

  /** Returns what it tells, in its order. */
  public List<Sidecar> entries() {
    return entries;
  }

  /**
   * Finds what it tells of a file, by the strongest algorithm if by several.
   *
   * @param name as the sidecar would name it; if it does not, a single file of that last segment is
   *     meant, as sidecars are often made from a directory above
   */
  public Optional<Sidecar> of(String name) {
    return exactly(name)
        .or(
            () -> {
              Set<String> elsewhere = byLastSegment.getOrDefault(SidecarName.last(name), Set.of());
              return elsewhere.size() == 1
                  ? exactly(elsewhere.iterator().next())
                  : Optional.empty();
            });
  }

  /** Finds what it tells of a file by exactly that name, by the strongest algorithm. */
  public Optional<Sidecar> exactly(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Writes one line as {@code sha256sum} does, without its end.
   *
   * @param name as it shall stand there; unlike that of a {@link Sidecar} it may be absolute
   */
  public static String line(Digest digest, String name) {
    return SidecarLine.format(name, digest.hex());
  }

  /**
   * Returns a name as {@code sha256sum --check} prints it: on one line, with a backslash in front
   * if line ends in it had to be escaped.
   */
  public static String shown(String name) {
    boolean isOneLine = name.indexOf('\n') < 0 && name.indexOf('\r') < 0;
    return isOneLine ? name : "\\" + SidecarLine.escaped(name);
  }

  /**
   * Writes lines as {@code sha256sum} and its like do; all of one algorithm, which the name of the
   * file must tell.
   *
   * @throws IllegalArgumentException if there are several algorithms, or one that no such tool has
   */
  public static String format(Sidecar... sidecars) {
    return format(Arrays.asList(sidecars));
  }

  /** Writes lines like {@link #format(Sidecar...)}. */
  public static String format(List<Sidecar> sidecars) {
    StringBuilder text = new StringBuilder();
    for (Sidecar each : sidecars) {
      if (each.algorithm() != sidecars.get(0).algorithm()) {
        throw new IllegalArgumentException(
            "Without tags all are of one algorithm, not " + each.algorithm().label() + " too");
      }
      tag(each);
      text.append(line(each.digest(), each.name())).append('\n');
    }
    return text.toString();
  }

  /**
   * Writes lines as {@code sha256sum --tag} does, which say their algorithm.
   *
   * @throws IllegalArgumentException if an algorithm is one that no such tool has
   */
  public static String formatTagged(List<Sidecar> sidecars) {
    StringBuilder text = new StringBuilder();
    sidecars.forEach(each -> text.append(SidecarLine.formatTagged(each, tag(each))).append('\n'));
    return text.toString();
  }

  private static String tag(Sidecar sidecar) {
    return SidecarName.tag(sidecar.algorithm())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Sidecars have no " + sidecar.algorithm().label() + " digests"));
  }
}
