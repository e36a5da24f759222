package io.waybill.transfer.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** Gives a whole part file its name, as the policy says. */
final class PartPublish {
  private static final String APPENDED = "\0appended";

  private final DirectoryHandle directory;
  private final String part;
  private final String target;
  private final SourceIdentity source;
  private final PartData data;

  PartPublish(
      DirectoryHandle directory, String part, String target, SourceIdentity source, PartData data) {
    this.directory = directory;
    this.part = part;
    this.target = target;
    this.source = source;
    this.data = data;
  }

  /**
   * Renames the part file, forced before, and forces the directory.
   *
   * @param mode the permission bits to set
   * @return the name it got
   */
  String run(TargetPolicy policy, OptionalInt mode) throws IOException {
    if (policy == TargetPolicy.FAIL && directory.attributes(target).isPresent()) {
      throw new FileAlreadyExistsException(path().toString());
    }
    try {
      String name = policy == TargetPolicy.APPEND ? append(mode) : rename(policy, mode);
      directory.force();
      return name;
    } catch (IOException e) {
      throw e instanceof FileAlreadyExistsException || e instanceof IntegrityException
          ? e
          : DiskFullException.recognise(e, path(), 0);
    }
  }

  private Path path() {
    return directory.path().resolve(target);
  }

  private String rename(TargetPolicy policy, OptionalInt mode) throws IOException {
    setTimeAndMode(part, mode);
    data.force(true);
    switch (policy) {
      case RENAME -> {
        return FreeName.rename(directory, part, target);
      }
      case FAIL -> {
        if (!FreeName.renameIfFree(directory, part, target)) {
          throw new FileAlreadyExistsException(path().toString());
        }
      }
      default -> {
        synchronized (directory.lockOf(target)) {
          directory.rename(part, target);
        }
      }
    }
    return target;
  }

  private void setTimeAndMode(String name, OptionalInt mode) throws IOException {
    if (source.modified().isPresent()) {
      directory.setModified(name, source.modified().get());
    }
    if (mode.isPresent()) {
      directory.setMode(name, mode.getAsInt());
    }
  }

  // the lock is held while the old file is copied: another that appends must see this one's bytes
  private String append(OptionalInt mode) throws IOException {
    synchronized (directory.lockOf(target)) {
      Optional<BasicFileAttributes> old = directory.attributes(target);
      if (old.isEmpty()) {
        setTimeAndMode(part, mode);
        data.force(true);
        directory.rename(part, target);
        return target;
      }
      if (!old.get().isRegularFile()) {
        throw new FileAlreadyExistsException(
            path().toString(), null, "Only a regular file can be appended to");
      }
      PartName joined = PartName.of(target, source, part + APPENDED);
      String whole = joined.part();
      String held = PartJournal.hold(directory, joined);
      try {
        join(old.get(), whole, mode.isPresent() ? mode : directory.mode(target));
        directory.rename(whole, target);
      } catch (IOException e) {
        deleteAfter(e, whole);
        throw e;
      } finally {
        PartJournal.letGo(held);
      }
      directory.force();
      directory.deleteIfExists(part);
      return target;
    }
  }

  private void join(BasicFileAttributes old, String whole, OptionalInt mode) throws IOException {
    try (FileChannel first = directory.openFile(target, READ);
        FileChannel joined = directory.openFile(whole, CREATE, TRUNCATE_EXISTING, WRITE)) {
      FileCopy.append(first, old.size(), joined);
      data.copyTo(joined);
      long expected = old.size() + source.sizeBytes();
      if (joined.size() != expected) {
        throw new IntegrityException(
            "Length of " + path() + " with the appended",
            Long.toString(expected),
            Long.toString(joined.size()));
      }
      setTimeAndMode(whole, mode);
      joined.force(true);
    }
    BasicFileAttributes now =
        directory
            .attributes(target)
            .orElseThrow(() -> new IntegrityException(path().toString(), "a file", "none"));
    if (now.size() != old.size()
        || !now.lastModifiedTime().equals(old.lastModifiedTime())
        || !Objects.equals(now.fileKey(), old.fileKey())) {
      throw new IntegrityException(
          path() + " changed while it was appended to",
          old.size() + " bytes of " + old.lastModifiedTime(),
          now.size() + " bytes of " + now.lastModifiedTime());
    }
  }

  private void deleteAfter(IOException failure, String name) {
    try {
      directory.deleteIfExists(name);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
