package io.waybill.transfer.tcp.server;

import io.waybill.transfer.file.DiskFullException;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.LinkRefusedException;
import io.waybill.transfer.file.PartFileBusyException;
import io.waybill.transfer.file.UnsafePathException;
import io.waybill.transfer.tcp.wire.ErrorClass;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Duration;

/**
 * Turns a failure at the server into what a client is told: in terms of the path that it asked for,
 * never of where that lies on the server's disk.
 */
final class ServerErrors {
  private static final Duration BUSY_WAIT = Duration.ofSeconds(5);
  private static final Duration DISK_FULL_WAIT = Duration.ofSeconds(10);

  private ServerErrors() {}

  public static WireException translate(String path, IOException failure) {
    if (failure instanceof WireException already) {
      return already;
    }
    if (failure instanceof UnsafePathException refused) {
      return error(ErrorCode.PATH_REFUSED, String.valueOf(refused.getMessage()), failure);
    }
    if (failure instanceof NoSuchFileException) {
      return error(ErrorCode.NOT_FOUND, "no such file or directory: " + path, failure);
    }
    if (failure instanceof LinkRefusedException) {
      return error(
          ErrorCode.WRONG_KIND,
          path
              + " goes through a symbolic link, which the server does not follow; name the path that it leads to",
          failure);
    }
    if (failure instanceof NotDirectoryException) {
      return error(
          ErrorCode.WRONG_KIND,
          "a part of the path is a file where a directory should be: " + path,
          failure);
    }
    if (failure instanceof FileAlreadyExistsException) {
      return error(ErrorCode.EXISTS, path + " exists already", failure);
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return error(ErrorCode.NOT_EMPTY, path + " is not empty", failure);
    }
    if (failure instanceof AccessDeniedException) {
      return error(ErrorCode.ACCESS_DENIED, "the server may not touch " + path, failure);
    }
    if (failure instanceof PartFileBusyException) {
      String message = "another transfer is writing " + path + " from the same source";
      return later(ErrorCode.BUSY, message, BUSY_WAIT, failure);
    }
    if (failure instanceof DiskFullException) {
      String message = "the server's disk is full; once there is room, the copy goes on from here";
      return later(ErrorCode.STORAGE, message, DISK_FULL_WAIT, failure);
    }
    if (failure instanceof IntegrityException) {
      return error(
          ErrorCode.DIGEST_MISMATCH,
          path + " did not verify at the server; nothing was published",
          failure);
    }
    String reason =
        failure instanceof FileSystemException detailed && detailed.getReason() != null
            ? ": " + detailed.getReason()
            : "";
    return error(ErrorCode.STORAGE, "the server could not read or write " + path + reason, failure);
  }

  private static WireException error(ErrorCode code, String message, IOException cause) {
    return new WireException(code, message, cause);
  }

  private static WireException later(
      ErrorCode code, String message, Duration retryAfter, IOException cause) {
    WireException later = new WireException(code, ErrorClass.TRANSIENT, message, retryAfter, false);
    later.initCause(cause);
    return later;
  }
}
