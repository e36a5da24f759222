package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Digest;
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
import java.util.Optional;

/**
 * What the sending end says before the first chunk; nothing is hashed for it.
 *
 * @param path the file at the server, upload target or download source
 * @param source which version of the source this is
 * @param terms how the receiver shall treat an existing target and prove the copy
 */
public record Offer(String path, SourceIdentity source, Terms terms) {
  private static final int MODIFIED_BYTES = Long.BYTES + Integer.BYTES;

  /**
   * What the caller asked for.
   *
   * @param policy what to do with an existing target
   * @param atLeast the level of proof to reach
   * @param digest the digest that COMMIT shall carry beside the tree's
   * @param isRepeat whether a COMMIT for the same was sent and its answer lost
   */
  public record Terms(
      TargetPolicy policy, Verification atLeast, Digest.Algorithm digest, boolean isRepeat) {

    /** The same, asked again after a COMMIT whose answer was lost. */
    public Terms repeated() {
      return new Terms(policy, atLeast, digest, true);
    }

    public FieldsBuilder addTo(FieldsBuilder fields) throws IOException {
      return fields
          .number(Tag.POLICY, policyCode(policy))
          .number(Tag.LEVEL, levelCode(atLeast))
          .text(Tag.DIGEST, digest.label());
    }

    public static Terms read(Frame frame, Fields fields) throws WireException {
      return new Terms(
          Offer.policy(fields.number(Tag.POLICY)),
          Offer.level(fields.number(Tag.LEVEL)),
          algorithm(fields.text(Tag.DIGEST)),
          frame.has(FrameType.REPEAT));
    }
  }

  /** The same, asked again after a COMMIT whose answer was lost. */
  public Offer repeated() {
    return new Offer(path, source, terms.repeated());
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
    wire.send(
        FrameType.OFFER, terms.isRepeat() ? FrameType.REPEAT : 0, transfer, terms.addTo(fields));
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
        Terms.read(frame, fields));
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
      if (policyCode(policy) == code && policy.compareTo(TargetPolicy.FAIL) <= 0) {
        return policy;
      }
    }
    throw new WireException(ErrorCode.UNSUPPORTED, "target policy " + code);
  }

  private static Digest.Algorithm algorithm(String label) throws WireException {
    try {
      return Digest.Algorithm.parse(label);
    } catch (IllegalArgumentException e) {
      throw new WireException(ErrorCode.UNSUPPORTED, "digest algorithm '" + label + "'", e);
    }
  }
}
