package io.waybill.transfer.ftp;

import io.waybill.transfer.FileEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.net.ftp.FTPFileEntryParser;
import org.apache.commons.net.ftp.parser.MVSFTPEntryParser;
import org.apache.commons.net.ftp.parser.VMSFTPEntryParser;

/** Reads the lines of one listing in their order; made anew for each. */
interface ListingReader {
  /** Reads the next line; empty if it is no entry, or not yet a whole one. */
  Optional<FileEntry> line(String line) throws IOException;

  /** Says that there are no more lines. */
  default void end() throws IOException {}

  /** Reads listings in which each line stands for itself. */
  static ListingReader of(FTPFileEntryParser parser) {
    return line -> ListingParser.listLine(line, parser);
  }

  /** Reads OS/400's. */
  static ListingReader ofObjects(FTPFileEntryParser parser) {
    return line -> ListingParser.objectLine(line, parser);
  }

  /** Reads VMS's: a long name has a line of its own, a header and a total stand around them. */
  static ListingReader ofVms(VMSFTPEntryParser parser) {
    return new ListingReader() {
      private String begun = "";

      @Override
      public Optional<FileEntry> line(String line) throws IOException {
        boolean isAround = line.startsWith("Directory ") || line.startsWith("Total of ");
        if (begun.isEmpty() && (line.isBlank() || isAround)) {
          return Optional.empty();
        }
        String entry = begun.isEmpty() ? line.strip() : begun + " " + line.strip();
        if (!entry.endsWith(")")) {
          if (!begun.isEmpty() || !entry.matches("\\S+;[0-9]+")) {
            throw ListingParser.unreadable(entry);
          }
          begun = entry;
          return Optional.empty();
        }
        begun = "";
        return ListingParser.vmsLine(entry, parser);
      }

      @Override
      public void end() throws IOException {
        if (!begun.isEmpty()) {
          throw ListingParser.unreadable(begun);
        }
      }
    };
  }

  /** Reads MVS's: the first line says what the others are. */
  static ListingReader ofMvs(MVSFTPEntryParser parser) {
    return new ListingReader() {
      private boolean hasHeader;

      @Override
      public Optional<FileEntry> line(String line) throws IOException {
        if (!hasHeader) {
          hasHeader = true;
          parser.preParse(new ArrayList<>(List.of(line)));
          return Optional.empty();
        }
        return ListingParser.listLine(line, parser);
      }
    };
  }
}
