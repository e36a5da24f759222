package io.waybill.transfer.file;

import java.io.Serial;
import java.nio.file.FileSystemException;

/** A directory was wanted, and there is a symbolic link, which is not followed. */
public final class LinkRefusedException extends FileSystemException {
  @Serial private static final long serialVersionUID = 1L;

  /** Tells where the link is. */
  public LinkRefusedException(String path) {
    super(path, null, "it is a symbolic link, which is not followed");
  }
}
