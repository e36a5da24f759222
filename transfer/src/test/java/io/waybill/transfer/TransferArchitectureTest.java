package io.waybill.transfer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class TransferArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.waybill.transfer");

  @Test
  void onlyTheFtpPackageKnowsTheFtpLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.transfer.ftp")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.commons.net..")
        .check(CLASSES);
  }

  @Test
  void onlyTheSftpPackageKnowsTheSshLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.transfer.sftp")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.jcraft.jsch..", "org.apache.sshd..")
        .check(CLASSES);
  }

  @Test
  void onlyTheHttpPackageKnowsTheHttpClientAndTheHtmlLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.transfer.http")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jsoup..", "java.net.http..")
        .check(CLASSES);
  }

  @Test
  void onlyItsPackageKnowsTheCompressionLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.transfer.tcp.zstd")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.github.luben..")
        .check(CLASSES);
  }

  @Test
  void onlyTheDiscoveryPackageKnowsTheMulticastLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.transfer.discovery")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("javax.jmdns..")
        .check(CLASSES);
  }

  @Test
  void rootImportsNoneOfItsSubPackages() {
    noClasses()
        .that()
        .resideInAPackage("io.waybill.transfer")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.waybill.transfer.*..")
        .check(CLASSES);
  }

  @Test
  void subPackagesAreFreeOfCycles() {
    slices().matching("io.waybill.transfer.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void roomsOfTheChunkProtocolAreFreeOfCyclesAndKnowNothingOfTheClient() {
    slices().matching("io.waybill.transfer.tcp.(*)..").should().beFreeOfCycles().check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.waybill.transfer.tcp.*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.waybill.transfer.tcp")
        .check(CLASSES);
  }

  @Test
  void transferKnowsNoOtherModule() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.waybill.mail..", "io.waybill.scheduler..", "io.waybill.jobs..", "io.waybill")
        .check(CLASSES);
  }
}
