package io.waybill.transfer.file;

import io.waybill.transfer.TargetPolicy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One whole file of a group, see {@link GroupWriter}.
 *
 * @param path where it goes, relative to the group's root, not yet checked
 * @param bytes its remaining bytes are the content; neither its position nor its bytes may change
 *     until the group is written
 * @param modified the modification time to set; empty leaves it to the moment of writing
 * @param mode the permission bits to set, of which the lowest nine count; empty leaves them to the
 *     process's umask
 * @param policy what to do with an existing target; {@link TargetPolicy#APPEND} is refused
 */
public record SmallFile(
    String path,
    ByteBuffer bytes,
    Optional<Instant> modified,
    OptionalInt mode,
    TargetPolicy policy) {
  /** Checks that nothing is missing. */
  public SmallFile {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(bytes, "bytes");
    Objects.requireNonNull(modified, "modified");
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(policy, "policy");
  }
}
