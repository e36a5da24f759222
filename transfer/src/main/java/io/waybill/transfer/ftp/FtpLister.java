package io.waybill.transfer.ftp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.RemotePath;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.net.ftp.FTPReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists directories over one connection. LIST leaves out what starts with a dot on many servers; it
 * is asked for with {@code -a}, where the server shows that it understands that.
 */
final class FtpLister {
  private static final Logger LOG = LoggerFactory.getLogger(FtpLister.class);
  private static final int LISTED_ENTRIES = 1_000_000;

  private final FtpServer server;
  private final ControlSession session;
  private final FileData data;
  private final Directories directories;
  private @Nullable String system;
  private boolean mayShowHidden = true;

  FtpLister(FtpServer server, ControlSession session, FileData data, Directories directories) {
    this.server = server;
    this.session = session;
    this.data = data;
    this.directories = directories;
  }

  /** Lists one directory by MLSD, else by LIST; every line must be readable. */
  List<FileEntry> list(String directory) throws IOException {
    if (session.features().has("MLST")) {
      return list("MLSD", directory, () -> ListingParser::machineLine);
    }
    String named = system();
    // a server hands LIST's argument to ls
    String argument = directory.matches("[- ].*") ? "./" + directory : directory;
    Optional<List<FileEntry>> all =
        mayShowHidden || session.learnt().listsItself()
            ? listWithHidden(argument, named)
            : Optional.empty();
    if (all.isPresent()) {
      return all.get();
    }
    List<FileEntry> shown = list("LIST", argument, () -> SystemParsers.forSystem(named));
    prove(directory, shown);
    // nothing there proves nothing: vsftpd lists a directory that does not exist as an empty one
    mayShowHidden &= shown.isEmpty();
    return shown;
  }

  /**
   * Refuses what may be no listing of a directory: vsftpd takes the name of one that it cannot open
   * for a pattern, and lists those of the parent's entries that have it: one, or none.
   */
  private void prove(String directory, List<FileEntry> shown) throws IOException {
    // asked with -a, every other directory was in its own listing
    boolean isRefused = session.learnt().listsItself();
    if (shown.isEmpty()) {
      if (!directory.isEmpty() && !directories.canEnter(directory)) {
        throw FtpReplyException.missing(directory);
      }
    } else if (!isRefused && isOnly(RemotePath.name(directory), shown)) {
      isRefused = !isThere(directory, shown.get(0));
    }
    if (isRefused) {
      throw FtpReplyException.unreadable(directory);
    }
  }

  private static boolean isOnly(String name, List<FileEntry> shown) {
    return shown.size() == 1 && shown.get(0).path().equals(name);
  }

  // one may be entered that cannot be read, so it is what it would hold that is asked for
  private boolean isThere(String directory, FileEntry entry) throws IOException {
    String path = RemotePath.child(directory, entry.path());
    if (entry.isFile()) {
      int code = session.client().alone(new FtpCommand("SIZE", path)).code();
      if (code == FTPReply.FILE_STATUS || code == FTPReply.FILE_UNAVAILABLE) {
        return code == FTPReply.FILE_STATUS;
      }
    }
    return directories.canEnter(entry.kind() == FileEntry.Kind.DIRECTORY ? path : directory);
  }

  /** Looks for one path in its directory's listing. */
  Optional<FileEntry> find(String path) throws IOException {
    String name = RemotePath.name(path);
    return list(RemotePath.parent(path)).stream()
        .filter(each -> each.path().equals(name))
        .findFirst()
        .map(
            each ->
                new FileEntry(path, each.kind(), each.sizeBytes(), each.modified(), each.mode()));
  }

  /** Lists with an option; empty unless the directory lists itself, as the option demands. */
  private Optional<List<FileEntry>> listWithHidden(String argument, String named)
      throws IOException {
    boolean[] isListed = {false};
    Readers readers =
        () -> {
          ListingReader reader = SystemParsers.forSystem(named);
          return line -> {
            Optional<FileEntry> entry = reader.line(line);
            isListed[0] |= entry.isEmpty() && line.endsWith(" .");
            return entry;
          };
        };
    try {
      List<FileEntry> all = list("LIST", argument.isEmpty() ? "-a" : "-a " + argument, readers);
      if (!isListed[0]) {
        return Optional.empty();
      }
      session.learnt().listItself();
      return Optional.of(all);
    } catch (FtpReplyException e) {
      if (session.learnt().listsItself()) {
        throw e;
      }
      // the option or the directory: asked without the option, the server says which
      LOG.debug("event=ftp-list-refused endpoint={}", server.endpoint(), e);
      return Optional.empty();
    }
  }

  /** Makes a reader for each listing. */
  private interface Readers {
    ListingReader next();
  }

  private List<FileEntry> list(String verb, String argument, Readers readers) throws IOException {
    return session.overData(
        new ControlSession.DataWork<>() {
          @Override
          public boolean isRepeatable() {
            return true;
          }

          @Override
          public List<FileEntry> run() throws IOException {
            return listOnce(verb, argument.isEmpty() ? null : argument, readers.next());
          }
        });
  }

  private List<FileEntry> listOnce(String verb, @Nullable String argument, ListingReader reader)
      throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    boolean isAbrupt;
    try (DataChannel channel = session.openData(verb, argument, 0)) {
      ListingLines lines =
          new ListingLines(channel.in(), data.buffer(), broken -> session.reason(verb, broken));
      for (String line = lines.next(); line != null; line = lines.next()) {
        reader.line(line).ifPresent(entries::add);
        if (entries.size() > LISTED_ENTRIES) {
          throw new FtpProtocolException("A listing of more than a million entries");
        }
      }
      isAbrupt = channel.endedAbruptly();
    }
    session.client().expectFinalReply(verb);
    reader.end();
    if (isAbrupt) {
      throw new EOFException(
          "The listing ended without TLS saying that it was all, and nothing else proves it");
    }
    return entries;
  }

  /** Returns what SYST says. */
  String system() throws IOException {
    if (system == null) {
      system = session.client().alone(new FtpCommand("SYST", null)).requireCompletion().argument();
    }
    return system;
  }
}
