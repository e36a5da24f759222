package io.waybill.transfer.sftp;

import io.waybill.transfer.FileEntry;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a server tells of one file (draft-ietf-secsh-filexfer-02 5): flags, then only the fields
 * whose flags are set.
 *
 * <pre>
 * uint32 flags, uint64 size, uint32 uid, uint32 gid, uint32 permissions, uint32 atime, uint32 mtime,
 * uint32 count, count x (string, string)
 * </pre>
 */
record Attributes(long sizeBytes, OptionalInt permissions, Optional<Instant> modified) {
  static final int PERMISSIONS = 0x4;
  static final int TIMES = 0x8;
  private static final int SIZE = 0x1;
  private static final int OWNERS = 0x2;
  private static final int EXTENDED = 0x8000_0000;
  private static final int MODE_BITS = 0777;
  private static final int KIND_BITS = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;
  private static final int LINK = 0120000;

  static Attributes read(Reply reply) throws SftpProtocolException {
    int flags = reply.int32();
    long size = FileEntry.UNKNOWN_SIZE;
    if ((flags & SIZE) != 0) {
      size = reply.int64();
      if (size < 0) {
        throw new SftpProtocolException("A size of " + Long.toUnsignedString(size));
      }
    }
    if ((flags & OWNERS) != 0) {
      reply.int64();
    }
    OptionalInt permissions = OptionalInt.empty();
    if ((flags & PERMISSIONS) != 0) {
      permissions = OptionalInt.of(reply.int32());
    }
    Optional<Instant> modified = Optional.empty();
    if ((flags & TIMES) != 0) {
      reply.int32();
      modified = Optional.of(Instant.ofEpochSecond(Integer.toUnsignedLong(reply.int32())));
    }
    if ((flags & EXTENDED) != 0) {
      for (int left = reply.int32(); left != 0; left--) {
        reply.bytes();
        reply.bytes();
      }
    }
    return new Attributes(size, permissions, modified);
  }

  FileEntry entry(String path) {
    FileEntry.Kind kind = kind();
    return new FileEntry(
        path,
        kind,
        kind == FileEntry.Kind.FILE ? sizeBytes : FileEntry.UNKNOWN_SIZE,
        modified,
        permissions.isPresent()
            ? OptionalInt.of(permissions.getAsInt() & MODE_BITS)
            : OptionalInt.empty());
  }

  private FileEntry.Kind kind() {
    if (permissions.isEmpty()) {
      // what has a size and nothing else is most likely a file; a wrong guess is refused at OPEN
      return sizeBytes >= 0 ? FileEntry.Kind.FILE : FileEntry.Kind.OTHER;
    }
    return switch (permissions.getAsInt() & KIND_BITS) {
      case REGULAR -> FileEntry.Kind.FILE;
      case DIRECTORY -> FileEntry.Kind.DIRECTORY;
      case LINK -> FileEntry.Kind.LINK;
      // some servers tell the permission bits only
      case 0 -> sizeBytes >= 0 ? FileEntry.Kind.FILE : FileEntry.Kind.OTHER;
      default -> FileEntry.Kind.OTHER;
    };
  }
}
