package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the sending end says before the first chunk; nothing is hashed for it.
 *
 * @param path the file at the server, upload target or download source
 * @param source which version of the source this is
 * @param mode the permission bits that the copy shall have
 * @param terms how the receiver shall treat an existing target and prove the copy
 */
public record Offer(String path, SourceIdentity source, OptionalInt mode, Terms terms) {
  private static final int MODIFIED_BYTES = Long.BYTES + Integer.BYTES;
  private static final int MODE_BITS = 0777;

  /**
   * What the caller asked for.
   *
   * @param policy what to do with an existing target
   * @param atLeast the level of proof to reach
   * @param identity what COMMIT shall carry to say that the content is the same
   * @param plain the digest that it shall carry beside that
   * @param flags REPEAT, PARENTS and DELTA of {@link FrameType}
   */
  public record Terms(
      TargetPolicy policy,
      Verification atLeast,
      Integrity identity,
      Optional<Digest.Algorithm> plain,
      int flags) {

    /** The same, asked again after a COMMIT whose answer was lost. */
    public Terms repeated() {
      return with(FrameType.REPEAT);
    }

    /** The same with a flag. */
    public Terms with(int flag) {
      return new Terms(policy, atLeast, identity, plain, flags | flag);
    }

    /**
     * The same for a sender that may not learn what is in a target: an equal one is not told but
     * replaced.
     */
    Terms blind() {
      boolean isCompared =
          policy == TargetPolicy.SKIP_EQUAL
              && (isRepeat() || !Verification.SIZE_MTIME.atLeast(atLeast));
      return new Terms(
          isCompared ? TargetPolicy.REPLACE : policy,
          atLeast,
          identity,
          plain,
          flags & ~(FrameType.DELTA | FrameType.REPEAT));
    }

    /** Whether a COMMIT for the same was sent and its answer lost. */
    public boolean isRepeat() {
      return has(FrameType.REPEAT);
    }

    /** Whether there is a flag. */
    public boolean has(int flag) {
      return (flags & flag) != 0;
    }

    public FieldsBuilder addTo(FieldsBuilder fields) throws IOException {
      fields
          .number(Tag.POLICY, policyCode(policy))
          .number(Tag.LEVEL, levelCode(atLeast))
          .text(Tag.DIGEST, identity.algorithm().label());
      if (plain.isPresent()) {
        fields.text(Tag.DIGEST, plain.get().label());
      }
      return fields;
    }

    public static Terms read(Frame frame, Fields fields) throws WireException {
      List<String> digests = fields.texts(Tag.DIGEST);
      if (digests.isEmpty() || digests.size() > 2) {
        throw WireException.violation(
            "DIGEST comes once or twice, the content identity first, and not %d times"
                .formatted(digests.size()));
      }
      Terms terms =
          new Terms(
              Offer.policy(fields.number(Tag.POLICY)),
              Offer.level(fields.number(Tag.LEVEL)),
              Offer.identity(digests.get(0)),
              digests.size() == 2 ? Optional.of(Offer.plain(digests.get(1))) : Optional.empty(),
              frame.flags() & (FrameType.REPEAT | FrameType.PARENTS | FrameType.DELTA));
      if (terms.policy == TargetPolicy.APPEND && terms.isRepeat()) {
        throw WireException.violation("an append is never repeated");
      }
      if (terms.policy == TargetPolicy.APPEND && terms.atLeast.atLeast(Verification.READ_BACK)) {
        throw WireException.violation("an append is not read back");
      }
      return terms;
    }
  }

  /** The same, asked again after a COMMIT whose answer was lost. */
  public Offer repeated() {
    return new Offer(path, source, mode, terms.repeated());
  }

  /** The same from a sender that may not learn what is in a target. */
  public Offer blind() {
    return new Offer(path, source, mode, terms.blind());
  }

  /** The same with a flag of {@link FrameType}. */
  public Offer with(int flag) {
    return new Offer(path, source, mode, terms.with(flag));
  }

  /** How the file is cut, which follows from its size. */
  public ChunkLayout layout() {
    return ChunkLayout.of(source.sizeBytes());
  }

  public void send(Wire wire, long transfer) throws IOException {
    FieldsBuilder fields =
        new FieldsBuilder()
            .text(Tag.PATH, path)
            .number(Tag.SIZE, source.sizeBytes())
            .number(Tag.CHUNK_SIZE, layout().chunkBytes());
    if (source.modified().isPresent()) {
      fields.bytes(Tag.MODIFIED, encode(source.modified().get()));
    }
    if (source.fileKey().isPresent()) {
      fields.text(Tag.FILE_KEY, source.fileKey().get());
    }
    if (mode.isPresent()) {
      fields.number(Tag.MODE, mode.getAsInt() & MODE_BITS);
    }
    wire.send(FrameType.OFFER, terms.flags(), transfer, terms.addTo(fields));
  }

  public static Offer read(Frame frame) throws WireException {
    Fields fields = frame.fields();
    long size = fields.number(Tag.SIZE, 0, ChunkLayout.MAX_FILE_BYTES);
    int chunkBytes = ChunkLayout.of(size).chunkBytes();
    if (fields.number(Tag.CHUNK_SIZE) != chunkBytes) {
      throw WireException.violation("a file of " + size + " bytes has chunks of " + chunkBytes);
    }
    return new Offer(
        fields.text(Tag.PATH),
        new SourceIdentity(
            size, modified(fields), Optional.ofNullable(fields.textOrNull(Tag.FILE_KEY))),
        mode(fields),
        Terms.read(frame, fields));
  }

  private static OptionalInt mode(Fields fields) throws WireException {
    OptionalLong mode = fields.optionalNumber(Tag.MODE);
    return mode.isPresent()
        ? OptionalInt.of((int) fields.number(Tag.MODE, 0, MODE_BITS))
        : OptionalInt.empty();
  }

  public static byte[] encode(Instant instant) {
    return ByteBuffer.allocate(MODIFIED_BYTES)
        .putLong(instant.getEpochSecond())
        .putInt(instant.getNano())
        .array();
  }

  public static Optional<Instant> modified(Fields fields) throws WireException {
    Optional<byte[]> value = fields.optionalBytes(Tag.MODIFIED);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(value.get());
    if (bytes.remaining() != MODIFIED_BYTES) {
      throw WireException.violation("MODIFIED has " + bytes.remaining() + " bytes, not 12");
    }
    try {
      return Optional.of(Instant.ofEpochSecond(bytes.getLong(), bytes.getInt()));
    } catch (DateTimeException e) {
      throw new WireException(ErrorCode.PROTOCOL_VIOLATION, "MODIFIED is no moment in time", e);
    }
  }

  public static int levelCode(Verification level) {
    return switch (level) {
      case NONE -> 0;
      case SIZE -> 1;
      case SIZE_MTIME -> 2;
      case DIGEST -> 3;
      case READ_BACK -> 4;
    };
  }

  public static Verification level(long code) throws WireException {
    for (Verification level : Verification.values()) {
      if (levelCode(level) == code) {
        return level;
      }
    }
    throw new WireException(ErrorCode.UNSUPPORTED, "verification level " + code);
  }

  private static int policyCode(TargetPolicy policy) {
    return switch (policy) {
      case SKIP_EQUAL -> 0;
      case REPLACE -> 1;
      case FAIL -> 2;
      case RENAME -> 3;
      case APPEND -> 4;
    };
  }

  private static TargetPolicy policy(long code) throws WireException {
    for (TargetPolicy policy : TargetPolicy.values()) {
      if (policyCode(policy) == code) {
        return policy;
      }
    }
    throw new WireException(ErrorCode.UNSUPPORTED, "target policy " + code);
  }

  private static Integrity identity(String label) throws WireException {
    for (Integrity each : Integrity.values()) {
      if (each.algorithm().label().equals(label)) {
        return each;
      }
    }
    throw new WireException(ErrorCode.UNSUPPORTED, "content identity '" + label + "'");
  }

  private static Digest.Algorithm plain(String label) throws WireException {
    for (Digest.Algorithm each : Digest.Algorithm.values()) {
      if (isPlain(each) && each.label().equals(label)) {
        return each;
      }
    }
    throw new WireException(ErrorCode.UNSUPPORTED, "digest algorithm '" + label + "'");
  }

  /** Whether COMMIT may carry it beside the content identity. */
  public static boolean isPlain(Digest.Algorithm algorithm) {
    return switch (algorithm) {
      case SHA_256, SHA_512, SHA_1, MD5 -> true;
      case SHA_256_TREE, CRC32C -> false;
    };
  }
}
