package io.waybill.transfer.ftp;

import java.util.Locale;
import org.apache.commons.net.ftp.FTPFileEntryParser;
import org.apache.commons.net.ftp.parser.CompositeFileEntryParser;
import org.apache.commons.net.ftp.parser.MVSFTPEntryParser;
import org.apache.commons.net.ftp.parser.MacOsPeterFTPEntryParser;
import org.apache.commons.net.ftp.parser.NTFTPEntryParser;
import org.apache.commons.net.ftp.parser.NetwareFTPEntryParser;
import org.apache.commons.net.ftp.parser.OS2FTPEntryParser;
import org.apache.commons.net.ftp.parser.OS400FTPEntryParser;
import org.apache.commons.net.ftp.parser.UnixFTPEntryParser;
import org.apache.commons.net.ftp.parser.VMSFTPEntryParser;

/**
 * Chooses who reads LIST by what the server calls itself. The library's own choice is not asked: it
 * makes an object of any class that the server names, and fails for a system that it does not know.
 */
final class SystemParsers {
  private SystemParsers() {}

  /**
   * Returns a reader of whole listings.
   *
   * @param system the reply to SYST (RFC 959 5.4.3), without its code
   */
  static ListingReader forSystem(String system) {
    String name = system.toUpperCase(Locale.ROOT);
    if (name.contains("VMS")) {
      return ListingReader.ofVms(new VMSFTPEntryParser());
    }
    if (name.contains("MVS") || name.contains("Z/OS")) {
      return ListingReader.ofMvs(new MVSFTPEntryParser());
    }
    FTPFileEntryParser parser = parser(name);
    return name.contains("/400") ? ListingReader.ofObjects(parser) : ListingReader.of(parser);
  }

  private static FTPFileEntryParser parser(String name) {
    if (name.contains("WINDOWS") || name.contains("WIN32")) {
      return new CompositeFileEntryParser(
          new FTPFileEntryParser[] {new NTFTPEntryParser(), new UnixFTPEntryParser()});
    }
    if (name.contains("OS/400") || name.contains("AS/400")) {
      return new CompositeFileEntryParser(
          new FTPFileEntryParser[] {new OS400FTPEntryParser(), new UnixFTPEntryParser()});
    }
    if (name.contains("OS/2")) {
      return new OS2FTPEntryParser();
    }
    if (name.contains("NETWARE")) {
      return new NetwareFTPEntryParser();
    }
    if (name.contains("MACOS PETER")) {
      return new MacOsPeterFTPEntryParser();
    }
    return new UnixFTPEntryParser(); // what the others write, too
  }
}
