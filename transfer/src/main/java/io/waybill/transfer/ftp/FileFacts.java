package io.waybill.transfer.ftp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.RemotePath;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.net.ftp.FTPReply;
import org.jspecify.annotations.Nullable;

/** What a server tells of a path, and lets be changed: kind, size, time, mode. */
final class FileFacts {
  private static final Pattern FACTS = Pattern.compile(" ?[A-Za-z][A-Za-z0-9._-]*=[^;]*;");
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"]|\"\")*)\"");

  private final ControlSession session;
  private final ControlClient client;
  private final FtpLister lister;
  private @Nullable String loginDirectory;

  FileFacts(ControlSession session, FtpLister lister) {
    this.session = session;
    this.client = session.client();
    this.lister = lister;
  }

  /** Looks at one path: by MLST, else by SIZE and MDTM. */
  Optional<FileEntry> stat(String path) throws IOException {
    return session.features().has("MLST") ? byMlst(path) : bySize(path);
  }

  private Optional<FileEntry> bySize(String path) throws IOException {
    int code = client.sendCommand("SIZE", path);
    if (code == FTPReply.FILE_STATUS) {
      long size = ListingParser.size(client.argument());
      Optional<Instant> modified = Optional.empty();
      if (client.sendCommand("MDTM", path) == FTPReply.FILE_STATUS) {
        modified = Optional.of(ListingParser.time(client.argument()));
      }
      return Optional.of(new FileEntry(path, FileEntry.Kind.FILE, size, modified));
    }
    if (code == FTPReply.FILE_UNAVAILABLE) { // no file: that is cheaper than to list a directory
      return isDirectory(path)
          ? Optional.of(
              new FileEntry(
                  path, FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE, Optional.empty()))
          : Optional.empty();
    }
    return lister.find(path);
  }

  /** Asks only for a size: by SIZE, which is one short line; -1 if there is no such file. */
  long size(String path) throws IOException {
    return client.sendCommand("SIZE", path) == FTPReply.FILE_STATUS
        ? ListingParser.size(client.argument())
        : stat(path).map(FileEntry::sizeBytes).orElse(-1L);
  }

  private Optional<FileEntry> byMlst(String path) throws IOException {
    int code = client.sendCommand("MLST", path);
    if (code == 550 || code == 501) { // Apache FtpServer says 501 where others say 550
      return Optional.empty();
    }
    if (!FTPReply.isPositiveCompletion(code)) {
      throw client.failed("MLST");
    }
    for (String line : client.lines()) {
      // RFC 3659 7.2 wants a blank before the facts; Apache FtpServer leaves it out
      if (FACTS.matcher(line).lookingAt()) {
        return isAbout(line, path)
            ? Optional.of(ListingParser.machineFacts(line, path))
            : bySize(path);
      }
    }
    throw new FtpProtocolException("An MLST reply without facts");
  }

  // Apache FtpServer takes a name with brackets or a star for a pattern and tells of its directory
  private static boolean isAbout(String line, String path) {
    int blank = line.indexOf(' ', 1);
    String told = blank < 0 ? "" : line.substring(blank + 1).replaceFirst("/$", "");
    String asked = RemotePath.name(path);
    return told.isEmpty() || asked.isEmpty() || RemotePath.name(told).equals(asked);
  }

  private boolean isDirectory(String path) throws IOException {
    String home = loginDirectory();
    if (!FTPReply.isPositiveCompletion(client.sendCommand("CWD", path.isEmpty() ? home : path))) {
      return false;
    }
    client.expectCompletion("CWD", home);
    return true;
  }

  // relative paths start there, so that it must be come back to
  private String loginDirectory() throws IOException {
    String home = loginDirectory;
    if (home == null) {
      Matcher matcher = QUOTED.matcher(client.expectCompletion("PWD", null).get(0));
      if (!matcher.find()) {
        throw new FtpProtocolException("No directory in the reply to PWD");
      }
      home = matcher.group(1).replace("\"\"", "\"");
      loginDirectory = home;
    }
    return home;
  }

  /** Sets a modification time, to the second; false if no way to do that works. */
  boolean setModified(String path, Instant modified) throws IOException {
    String time = ListingParser.format(modified);
    List<Learnt.TimeCommand> commands = session.learnt().timeCommands(session.features());
    for (Learnt.TimeCommand each : commands) {
      int code =
          switch (each) {
            case MFMT -> client.sendCommand("MFMT", time + " " + path);
            case MDTM -> client.sendCommand("MDTM", time + " " + path);
            case SITE_UTIME -> client.sendCommand("SITE", "UTIME " + time + " " + path);
            case SITE_UTIME_OF_THREE ->
                client.sendCommand(
                    "SITE", "UTIME %s %s %s %s UTC".formatted(path, time, time, time));
          };
      if (FTPReply.isPositiveCompletion(code)) {
        session.learnt().setsTimesBy(each);
        return true;
      }
    }
    if (!commands.isEmpty()) {
      session.learnt().refuseTimes();
    }
    return false;
  }

  /** Sets permission bits by MFF where FEAT lists that, else by SITE CHMOD until it is unknown. */
  boolean setMode(String path, int mode) throws IOException {
    if (session.features().setsModes()) {
      return FTPReply.isPositiveCompletion(
          client.sendCommand("MFF", "UNIX.mode=0%03o; %s".formatted(mode, path)));
    }
    if (session.learnt().refusesModes()) {
      return false;
    }
    int code = client.sendCommand("SITE", "CHMOD %03o %s".formatted(mode, path));
    if (code >= 500 && code < 510) { // the command is unknown; 550 would be about this file
      session.learnt().refuseModes();
    }
    return FTPReply.isPositiveCompletion(code);
  }
}
