package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.mail.inbox.AttachmentFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The directory that attachments go to, as an option names it; made if it is missing. */
final class SaveDirectory {
  private SaveDirectory() {}

  /**
   * Opens it.
   *
   * @throws JobException.Configuration if it is none, or cannot be made or written to
   */
  static AttachmentFiles open(String option, Path directory, long mostBytes) {
    try {
      Files.createDirectories(directory);
      if (!Files.isWritable(directory)) {
        throw new AccessDeniedException(directory.toString());
      }
      return AttachmentFiles.in(directory, mostBytes);
    } catch (FileAlreadyExistsException e) {
      throw new JobException.Configuration(
          "%s: %s is no directory; name another one".formatted(option, directory), e);
    } catch (IOException e) {
      throw new JobException.Configuration(
          "%s: files cannot be saved in %s: %s".formatted(option, directory, reason(e)), e);
    }
  }

  // the messages of these exceptions are no more than the path
  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no directory can be made there";
    }
    return e instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : String.valueOf(e.getMessage());
  }
}
