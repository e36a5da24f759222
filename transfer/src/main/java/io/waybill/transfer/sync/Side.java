package io.waybill.transfer.sync;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.PathFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * One of the two trees: what is below a base, on this machine or another. Paths are relative to the
 * base, separated by {@code /}; empty is the base. Safe for use by several threads. Every method
 * throws a {@link TransferException} for whatever goes wrong.
 */
public interface Side {
  /**
   * Lists all that is below the base.
   *
   * @param filter what it leaves out may be left out here, too
   * @throws TransferException.NotFound if there is no base
   */
  Listing list(PathFilter filter);

  /**
   * Returns a file's digest.
   *
   * @param wanted the algorithms that would do; the side chooses
   * @return empty if it computes none of those
   */
  Optional<Digest> digest(String path, Set<Digest.Algorithm> wanted);

  /** Says whether it computes every algorithm there is, so that the other side may choose. */
  boolean digestsAnything();

  /**
   * Returns how far apart the times of a file and its copy here may be though neither was changed.
   */
  Duration timeResolution();

  /** Returns the full name of what is here already, for whoever copies it. */
  String sourceName(String path);

  /**
   * Returns the full name of what shall be here, for whoever copies to it.
   *
   * @throws TransferException.Refused if nothing must have that name here
   */
  String targetName(String path);

  /** Makes a directory and its missing parents, the base included. */
  void makeDirectory(String path);

  /** Renames a file; the new name's directory must exist. */
  void rename(String from, String to);

  /** Deletes one file. */
  void delete(String path);

  /**
   * Removes one empty directory.
   *
   * @throws TransferException.Refused if something is in it
   */
  void removeDirectory(String path);

  /**
   * Sets a file's modification time.
   *
   * @throws TransferException.Configuration if that is not possible here
   */
  void setModified(String path, Instant modified);
}
