package io.waybill.transfer.ftp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.StallWatch;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.net.ftp.FTPFileEntryParser;
import org.apache.commons.net.ftp.parser.DefaultFTPFileEntryParserFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists directories over one connection. LIST leaves out what starts with a dot on many servers; it
 * is asked for with {@code -a}, where the server shows that it understands that.
 */
final class FtpLister {
  private static final Logger LOG = LoggerFactory.getLogger(FtpLister.class);
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int LINE_BYTES = 16 << 10;
  private static final int LISTED_ENTRIES = 1_000_000;

  private final FtpServer server;
  private final OpenSockets sockets;
  private final ControlClient client;
  private @Nullable String system;
  private boolean mayShowHidden = true;

  FtpLister(FtpServer server, OpenSockets sockets, ControlClient client) {
    this.server = server;
    this.sockets = sockets;
    this.client = client;
  }

  /** Lists one directory by MLSD, else by LIST; every line must be readable. */
  List<FileEntry> list(String directory, boolean isMachineReadable) throws IOException {
    if (isMachineReadable) {
      return list("MLSD", directory, ListingParser::machineLine);
    }
    FTPFileEntryParser parser =
        new DefaultFTPFileEntryParserFactory().createFileEntryParser(system());
    // a server hands LIST's argument to ls
    String argument = directory.matches("[- ].*") ? "./" + directory : directory;
    Optional<List<FileEntry>> all =
        mayShowHidden ? listWithHidden(argument, parser) : Optional.empty();
    if (all.isPresent()) {
      return all.get();
    }
    List<FileEntry> shown = list("LIST", argument, line -> ListingParser.listLine(line, parser));
    // nothing there proves nothing: vsftpd lists a directory that does not exist as an empty one
    mayShowHidden &= shown.isEmpty();
    return shown;
  }

  /** Lists with an option; empty unless the directory lists itself, as the option demands. */
  private Optional<List<FileEntry>> listWithHidden(String argument, FTPFileEntryParser parser)
      throws IOException {
    boolean[] isListed = {false};
    LineParser lines =
        line -> {
          isListed[0] |= line.endsWith(" .");
          return ListingParser.listLine(line, parser);
        };
    try {
      List<FileEntry> all = list("LIST", argument.isEmpty() ? "-a" : "-a " + argument, lines);
      return isListed[0] ? Optional.of(all) : Optional.empty();
    } catch (FtpReplyException e) {
      // the option or the directory: asked without the option, the server says which
      LOG.debug("event=ftp-list-refused endpoint={}", server.endpoint(), e);
      return Optional.empty();
    }
  }

  private interface LineParser {
    Optional<FileEntry> parse(String line) throws IOException;
  }

  private List<FileEntry> list(String verb, String argument, LineParser parser) throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    try (Socket socket = client.openData(verb, argument.isEmpty() ? null : argument, 0);
        StallWatch watch = StallWatch.start(server.idleTimeout(), sockets::closeAll);
        InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES)) {
      for (String line = line(in, watch); line != null; line = line(in, watch)) {
        parser.parse(line).ifPresent(entries::add);
        if (entries.size() > LISTED_ENTRIES) {
          throw new FtpProtocolException("A listing of more than a million entries");
        }
      }
      watch.throwIfStalled();
    }
    client.expectFinalReply(verb);
    return entries;
  }

  private static @Nullable String line(InputStream in, StallWatch watch) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        if (line.size() == 0) {
          return null;
        }
        break;
      }
      if (line.size() >= LINE_BYTES) {
        throw new FtpProtocolException("A listing line of more than 16 KiB");
      }
      line.write(next);
    }
    watch.moved();
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private String system() throws IOException {
    if (system == null) {
      system = client.expectCompletion("SYST", null).get(0).substring(4);
    }
    return system;
  }
}
