package io.waybill;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The directions of the house; each test is named after its rule. */
class JobsArchitectureTest {
  private static final JavaClasses WAYBILL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.waybill");

  @ParameterizedTest(name = "{0} appears only in {1}")
  @CsvSource({
    "org.quartz.., io.waybill.scheduler.quartz..",
    "org.apache.commons.net.., io.waybill.transfer.ftp..",
    "javax.jmdns.., io.waybill.transfer.discovery..",
    "picocli.., io.waybill.jobs.cli..",
    "io.javalin.., io.waybill.jobs.web..",
    "org.snakeyaml.., io.waybill.jobs.config..",
    "com.fasterxml.., io.waybill.jobs.json..",
    "org.apache.commons.compress.., io.waybill.jobs.archive..",
    "com.icegreen.., io.waybill.jobs.sandbox..",
    "org.apache.ftpserver.., io.waybill.jobs.sandbox..",
    "com.zaxxer.., io.waybill.scheduler.store..",
    "org.bouncycastle.openpgp.., io.waybill.jobs.pgp..",
    "org.bouncycastle.bcpg.., io.waybill.jobs.pgp..",
  })
  void libraryAppearsOnlyInItsPackage(String library, String room) {
    noClasses()
        .that()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(WAYBILL);
  }

  @Test
  void jakartaMailAppearsOnlyInTheWirePackagesOfMail() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.waybill.mail.smtp..", "io.waybill.mail.imap..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.mail..", "org.eclipse.angus..")
        .check(WAYBILL);
  }

  @Test
  void pagesAreReadOnlyWhereAnswersAre() {
    noClasses()
        .that()
        .resideInAPackage("io.waybill.jobs..")
        .and()
        .resideOutsideOfPackage("io.waybill.jobs.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.jsoup..")
        .check(WAYBILL);
  }

  @Test
  void logbackAppearsOnlyWhereTheLogIsSetUp() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.waybill.jobs.log..", "io.waybill.jobs.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ch.qos.logback..")
        .check(WAYBILL);
  }

  @ParameterizedTest(name = "{0} knows none of {1}, {2} and jobs")
  @CsvSource({
    "mail, transfer, scheduler",
    "transfer, scheduler, mail",
    "scheduler, mail, transfer"
  })
  void modulesBelowKnowNothingOfEachOther(String module, String other, String another) {
    noClasses()
        .that()
        .resideInAPackage("io.waybill." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.waybill." + other + "..",
            "io.waybill." + another + "..",
            "io.waybill.jobs..",
            "io.waybill")
        .check(WAYBILL);
  }

  @Test
  void theRootOfJobsImportsOnlyTheRootsBelow() {
    classes()
        .that()
        .resideInAPackage("io.waybill.jobs")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.waybill.jobs",
            "io.waybill.mail",
            "io.waybill.transfer",
            "io.waybill.scheduler",
            "java..",
            "javax..",
            "org.slf4j..",
            "org.jspecify..")
        .check(WAYBILL);
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("io.(**)").should().beFreeOfCycles().check(WAYBILL);
  }
}
