package io.waybill.transfer.tcp.wire;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The field tags of version 1; a tag means the same in every frame. */
public enum Tag {
  VERSION_MIN(1),
  VERSION_MAX(2),
  AGENT(3),
  CAPABILITY(4),
  REQUIRE(5),
  CHUNK_LIMIT(6),
  INSTANCE(7),
  MECHANISM(8),
  AUTH_DATA(9),
  BINDING(10),
  STREAMS(11),
  TICKET(12),
  STREAM(13),
  ERROR_CODE(16),
  ERROR_CLASS(17),
  RETRY_AFTER(18),
  MESSAGE(19),
  PATH(32),
  SIZE(33),
  MODIFIED(34),
  FILE_KEY(35),
  CHUNK_SIZE(36),
  DIGEST(37),
  TO(38),
  KIND(39),
  ENTRY(40),
  POLICY(41),
  LEVEL(42),
  MODE(43),
  BASIS(48),
  FIRST(49),
  BITS(50),
  CHUNK_DIGESTS(51),
  INDEX(52),
  STATUS(53),
  CREDIT(54),
  STATUSES(55),
  CHUNK_SUMS(56);

  /** Set in a tag on the wire: a receiver that does not know the tag must refuse the frame. */
  public static final int CRITICAL = 0x8000;

  private static final Map<Integer, Tag> BY_CODE = new HashMap<>();

  static {
    for (Tag tag : values()) {
      BY_CODE.put(tag.code, tag);
    }
  }

  private final int code;

  Tag(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The tag with this code, or null when this version has none. */
  public static @Nullable Tag of(int code) {
    return BY_CODE.get(code);
  }
}
