package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Knows the file systems that an embedded store must not be on. Behind a network a lock may keep
 * nobody out, and what was forced to the disk may not be on it: two daemons would write one file.
 */
final class NetworkFileSystems {
  private static final Set<String> TYPES =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "ncpfs",
          "afs",
          "afpfs",
          "9p",
          "ceph",
          "glusterfs",
          "lustre",
          "gpfs",
          "beegfs",
          "orangefs",
          "pvfs2",
          "panfs",
          "coda",
          "davfs",
          "davfs2",
          "webdav");
  // a type of FUSE is "fuse." and the program's name; those of local disks, such as fuseblk, are
  // not here
  private static final Set<String> FUSE_PROGRAMS =
      Set.of(
          "sshfs",
          "glusterfs",
          "ceph",
          "ceph-fuse",
          "s3fs",
          "goofys",
          "geesefs",
          "mountpoint-s3",
          "rclone",
          "gcsfuse",
          "davfs2",
          "curlftpfs",
          "juicefs",
          "blobfuse",
          "blobfuse2",
          "cifs",
          "smbnetfs",
          "moosefs",
          "mfs",
          "lizardfs",
          "seaweedfs",
          "nfs");

  private final TypeLookup lookup;

  /** Says of what type the file system is that a path is on, as {@code mount} calls it. */
  @FunctionalInterface
  interface TypeLookup {
    String typeOf(Path existing) throws IOException;
  }

  NetworkFileSystems(TypeLookup lookup) {
    this.lookup = lookup;
  }

  static NetworkFileSystems ofThisMachine() {
    return new NetworkFileSystems(path -> Files.getFileStore(path).type());
  }

  /**
   * Checks where a store is, or would be.
   *
   * @throws SchedulerException.StoreRefused if that is behind a network
   */
  void refuse(Path store) {
    remoteType(store)
        .ifPresent(
            type -> {
              throw new SchedulerException.StoreRefused(
                  "the store "
                      + store
                      + " would be on a network drive ("
                      + type
                      + "), where neither locks nor writes can be relied on; use a state directory on"
                      + " a disk of this machine, or PostgreSQL",
                  null);
            });
  }

  private Optional<String> remoteType(Path store) {
    try {
      Path existing = store.toAbsolutePath().normalize();
      while (!Files.exists(existing)) {
        Path parent = existing.getParent();
        if (parent == null) {
          return Optional.empty();
        }
        existing = parent;
      }
      String type = lookup.typeOf(existing.toRealPath()).toLowerCase(Locale.ROOT);
      return isRemote(type) ? Optional.of(type) : Optional.empty();
    } catch (IOException e) {
      // nobody knows: that the place cannot be looked at is said when the store is opened there
      return Optional.empty();
    }
  }

  static boolean isRemote(String type) {
    return TYPES.contains(type)
        || (type.startsWith("fuse.") && FUSE_PROGRAMS.contains(type.substring("fuse.".length())));
  }
}
