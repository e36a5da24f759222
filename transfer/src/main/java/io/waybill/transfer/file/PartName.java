package io.waybill.transfer.file;

import io.waybill.transfer.PartPattern;
import io.waybill.transfer.SourceIdentity;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hidden name of an unfinished file, {@code .<first 100 bytes of the target's name, whole
 * characters>.<id>.wbpart}. The id is 16 hexadecimal digits that follow from target name, source
 * and the source's identity, so that a restart finds it, and another version of the source does
 * not. A <em>loose</em> one, which nobody resumes and which has no journal, has a {@code g}, the
 * second (in 8 digits, since 1970) in which it was made, and 7 random digits instead. An old target
 * that steps aside for the moment between two renames has an {@code o} and 15 digits that follow
 * from its name alone, so that whoever comes next finds it.
 */
public final class PartName {
  /** How part files end. */
  public static final String SUFFIX = ".wbpart";

  private static final String JOURNAL_SUFFIX = ".wbjournal";
  private static final int NAME_BYTES = 100;
  private static final int ID_BYTES = 8;
  private static final int BINDING_BYTES = 32;

  private static final String ASIDE = "o";
  private static final Pattern SHAPE =
      Pattern.compile(
          "\\.(.+)\\.(" + PartPattern.ID_SHAPE + ")\\.(wbpart|wbjournal)", Pattern.DOTALL);
  private static final Pattern LOOSE = Pattern.compile("g([0-9a-f]{8})[0-9a-f]{7}");

  private final byte[] binding;
  private final String head;
  private final String id;

  private PartName(byte[] binding, String head, String id) {
    this.binding = binding;
    this.head = head;
    this.id = id;
  }

  /**
   * Derives the name.
   *
   * @param targetName the final name, one segment
   * @param sourceLocation where the source is, the same text at every try
   */
  public static PartName of(String targetName, SourceIdentity source, String sourceLocation) {
    MessageDigest sha = sha256();
    part(sha, targetName);
    part(sha, sourceLocation);
    part(sha, Long.toString(source.sizeBytes()));
    part(sha, source.modified().map(Object::toString).orElse(""));
    part(sha, source.fileKey().orElse(""));
    byte[] binding = sha.digest();
    String id = HexFormat.of().formatHex(Arrays.copyOf(binding, ID_BYTES));
    return new PartName(binding, head(targetName), id);
  }

  /** Derives the name under which an old target stands aside. */
  public static PartName aside(String targetName) {
    MessageDigest sha = sha256();
    part(sha, targetName);
    byte[] binding = sha.digest();
    String id = ASIDE + HexFormat.of().formatHex(binding, 0, ID_BYTES).substring(1);
    return new PartName(binding, head(targetName), id);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /**
   * Makes a loose name.
   *
   * @param now when the file is made
   * @param random tells it from every other of the same target; its lowest 28 bits count
   */
  static PartName loose(String targetName, Instant now, long random) {
    HexFormat hex = HexFormat.of();
    String id = "g" + hex.toHexDigits(now.getEpochSecond(), 8) + hex.toHexDigits(random, 7);
    return new PartName(new byte[BINDING_BYTES], head(targetName), id);
  }

  /** Returns when a loose one was made, to the second; empty for one that may be resumed. */
  Optional<Instant> looseSince() {
    Matcher loose = LOOSE.matcher(id);
    return loose.matches()
        ? Optional.of(Instant.ofEpochSecond(Long.parseLong(loose.group(1), 16)))
        : Optional.empty();
  }

  /** Reads the name of a part file or journal; empty for every name that this cannot have made. */
  static Optional<PartName> parse(String fileName) {
    Matcher shape = SHAPE.matcher(fileName);
    if (!shape.matches() || !head(shape.group(1)).equals(shape.group(1))) {
      return Optional.empty();
    }
    return Optional.of(new PartName(new byte[BINDING_BYTES], shape.group(1), shape.group(2)));
  }

  // length first: "a" + "bc" must not be "ab" + "c"
  private static void part(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    sha.update(bytes);
  }

  private static String head(String name) {
    ByteBuffer room = ByteBuffer.allocate(NAME_BYTES);
    CharBuffer rest = CharBuffer.wrap(name);
    // the encoder stops before a character that does not fit whole
    StandardCharsets.UTF_8.newEncoder().encode(rest, room, true);
    return name.substring(0, rest.position());
  }

  /** Says whether a name is that of a part file or its journal. */
  public static boolean isReserved(String name) {
    return endsLike(name, SUFFIX) || endsLike(name, JOURNAL_SUFFIX);
  }

  // some file systems do not tell upper from lower case
  private static boolean endsLike(String name, String suffix) {
    return name.regionMatches(true, name.length() - suffix.length(), suffix, 0, suffix.length());
  }

  /** Says whether a name is one that this makes, and not merely one that ends like it. */
  public static boolean isPart(String name) {
    return parse(name).isPresent();
  }

  /** Returns why a {@link #isReserved reserved} name is not for others. */
  static UnsafePathException refusal(String path, String name) {
    return new UnsafePathException(
        path,
        "its name ends in %s, which is reserved for unfinished files; rename it"
            .formatted(name.substring(name.lastIndexOf('.'))));
  }

  /** Returns the part file's name. */
  public String part() {
    return part(PartPattern.USUAL);
  }

  /** Returns the journal's name. */
  public String journal() {
    return "." + head + "." + id + JOURNAL_SUFFIX;
  }

  /** Returns the part file's name where it goes by another pattern. */
  public String part(PartPattern pattern) {
    return pattern.name(head, id);
  }

  /** Returns the whole hash the id is cut from. */
  byte[] binding() {
    return binding.clone();
  }
}
