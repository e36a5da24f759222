package io.waybill.transfer.tcp.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a BATCH carries: many small files in one frame, drawn in PROTOCOL.md, "Small files".
 *
 * @param policy what to do with existing targets
 * @param level how well they must be proven equal to be left alone
 * @param items the files, and the directories to be made
 */
public record Batch(TargetPolicy policy, Verification level, List<Item> items) {
  /** What an entry of the directory holds beside path and root, its own length included. */
  static final int ENTRY_BYTES = 24;

  static final int NO_MODE = 0xffff;
  static final int NO_TIME = 0xffffffff;
  private static final int LENGTH_BYTES = 2;
  private static final int NANOS = 1_000_000_000;

  /**
   * One file or directory.
   *
   * @param status 0, or the error code of a file that could not be read
   * @param root the file's {@code sha-256-tree}; none for a directory, a failed file, or where both
   *     ends use {@code crc32c}
   * @param content a slice of the frame's body
   */
  public record Item(
      String path,
      boolean isDirectory,
      int status,
      Optional<Instant> modified,
      OptionalInt mode,
      Optional<Digest> root,
      ByteBuffer content) {}

  /** Returns what both ends agree on of a content: its remaining bytes. */
  public static Digest identity(Integrity kind, ByteBuffer content) {
    return kind == Integrity.TREE
        ? TreeHash.rootOfSmall(content)
        : Digests.ofSum(ChunkContent.crc32c(content));
  }

  /** Returns how much of a body an item with a root takes. */
  public static long cost(int pathBytes, long contentBytes) {
    return ENTRY_BYTES + pathBytes + TreeHash.HASH_BYTES + contentBytes;
  }

  /** Returns how much of a body an item with a root takes. */
  public static long cost(String path, long contentBytes) {
    return cost(path.getBytes(UTF_8).length, contentBytes);
  }

  /**
   * Reads a BATCH; nothing is copied but the directory.
   *
   * @param head 16 bytes
   * @param body as it was before compression; must outlive the items
   * @throws WireException if it does not add up or is above a limit
   */
  public static Batch read(ByteBuffer head, ByteBuffer body) throws WireException {
    int count = Short.toUnsignedInt(head.getShort(0));
    long directoryLength = Integer.toUnsignedLong(head.getInt(4));
    if (count == 0 || count > Limits.BATCH_FILES) {
      throw WireException.violation("a batch of " + count + " files, allowed are 1 to 256");
    }
    if (body.remaining() > Limits.BATCH_BYTES) {
      throw WireException.violation("a batch of " + body.remaining() + " bytes");
    }
    if (directoryLength > body.remaining()) {
      throw WireException.violation(
          "the directory of a batch claims %d bytes where %d are"
              .formatted(directoryLength, body.remaining()));
    }
    ByteBuffer directory = body.slice(body.position(), (int) directoryLength);
    ByteBuffer contents =
        body.slice(
            body.position() + (int) directoryLength, body.remaining() - (int) directoryLength);
    List<Item> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(item(entry(directory), contents));
    }
    if (directory.hasRemaining() || contents.hasRemaining()) {
      throw WireException.violation(
          "a batch of %d files has %d and %d bytes too many"
              .formatted(count, directory.remaining(), contents.remaining()));
    }
    return new Batch(policy(head.get(2)), Offer.level(head.get(3)), items);
  }

  private static ByteBuffer entry(ByteBuffer directory) throws WireException {
    int length = directory.remaining() < LENGTH_BYTES ? 0 : directory.getShort() & 0xffff;
    if (length < ENTRY_BYTES - LENGTH_BYTES || length > directory.remaining()) {
      throw WireException.violation(
          "an entry of a batch claims %d bytes where %d are left"
              .formatted(length, directory.remaining()));
    }
    ByteBuffer entry = directory.slice(directory.position(), length);
    directory.position(directory.position() + length);
    return entry;
  }

  private static Item item(ByteBuffer entry, ByteBuffer contents) throws WireException {
    int kind = entry.get() & 0xff;
    int status = entry.get() & 0xff;
    long size = Integer.toUnsignedLong(entry.getInt());
    Optional<Instant> modified = moment(entry.getLong(), entry.getInt());
    int mode = entry.getShort() & 0xffff;
    int pathLength = entry.getShort() & 0xffff;
    if (kind > 1 || (mode > 0777 && mode != NO_MODE)) {
      throw WireException.violation("an entry of a batch has kind " + kind + ", mode " + mode);
    }
    if (pathLength > entry.remaining()
        || size > contents.remaining()
        || (size > 0 && (kind == 1 || status != 0))) {
      throw WireException.violation(
          "an entry of a batch claims a path of %d bytes and %d bytes of content"
              .formatted(pathLength, size));
    }
    String path = path(entry.slice(entry.position(), pathLength));
    entry.position(entry.position() + pathLength);
    Optional<Digest> root = kind == 0 && status == 0 ? root(entry) : Optional.empty();
    ByteBuffer content = contents.slice(contents.position(), (int) size);
    contents.position(contents.position() + (int) size);
    OptionalInt bits = mode == NO_MODE ? OptionalInt.empty() : OptionalInt.of(mode);
    return new Item(path, kind == 1, status, modified, bits, root, content);
  }

  private static Optional<Instant> moment(long seconds, int nanos) throws WireException {
    if (nanos == NO_TIME) {
      return Optional.empty();
    }
    if (nanos < 0 || nanos >= NANOS) {
      throw WireException.violation("an entry of a batch has " + nanos + " nanoseconds");
    }
    try {
      return Optional.of(Instant.ofEpochSecond(seconds, nanos));
    } catch (DateTimeException | ArithmeticException e) {
      throw new WireException(
          ErrorCode.PROTOCOL_VIOLATION, "an entry of a batch has no moment in time", e);
    }
  }

  private static String path(ByteBuffer bytes) throws WireException {
    try {
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new WireException(ErrorCode.PROTOCOL_VIOLATION, "a path in a batch is not UTF-8", e);
    }
  }

  private static Optional<Digest> root(ByteBuffer tail) {
    if (tail.remaining() < TreeHash.HASH_BYTES) {
      return Optional.empty();
    }
    byte[] root = new byte[TreeHash.HASH_BYTES];
    tail.get(root);
    return Optional.of(Digest.of(Digest.Algorithm.SHA_256_TREE, root));
  }

  static int policyCode(TargetPolicy policy) {
    return switch (policy) {
      case SKIP_EQUAL -> 0;
      case REPLACE -> 1;
      case FAIL -> 2;
      case RENAME, APPEND ->
          throw new IllegalArgumentException("A batch cannot have the policy " + policy);
    };
  }

  static TargetPolicy policy(long code) throws WireException {
    if (code < 0 || code > 2) {
      throw new WireException(ErrorCode.UNSUPPORTED, "target policy " + code + " of a batch");
    }
    return code == 0
        ? TargetPolicy.SKIP_EQUAL
        : code == 1 ? TargetPolicy.REPLACE : TargetPolicy.FAIL;
  }
}
