package dev.weir.proxy.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What poolers typically get wrong, and the tests that show that Weir does not.
final class TrapsTest {

    /// One of them.
    ///
    /// @param number of the trap
    /// @param about what it is
    /// @param tests classes, or `Class#method`
    record Trap(int number, String about, List<String> tests) {}

    private static Trap trap(int number, String about, String... tests) {
        return new Trap(number, about, List.of(tests));
    }

    static List<Trap> traps() {
        return List.of(
                trap(
                        1,
                        "a server is let go only when nothing of a pipeline is outstanding",
                        "PipeliningDriverIT#everyAnswerOfADeepPipelineReachesItsQuestion",
                        "DisconnectIT#aPipelineCutAnywhereLeavesNothing"),
                trap(
                        2,
                        "answers are counted right across errors and COPY",
                        "ExpectationsModelTest",
                        "ExpectationsTest#aFailedCopyThatASyncWasSentIntoIsAmbiguous",
                        "SharedServerIT#aQueryBehindAFailedCopyIsAnsweredToItsOwnClient"),
                trap(
                        3,
                        "DISCARD ALL and DEALLOCATE ALL forget statements on both sides",
                        "ServerConnectionTest#notesWhatTheUserDiscards",
                        "SessionStateIT#statementsPreparedBehindDeallocateAllStay"),
                trap(
                        4,
                        "a Parse that failed is not believed, an eviction that did not happen is taken back",
                        "StatementRewriterTest#aPreparationThatFailsIsTheClientsErrorAndIsNotBelieved",
                        "StatementRewriterTest#aParseThatIsSkippedIsNotBelieved",
                        "PoolingIT#preparedStatementsOverTheLimitOfAServerAreReplaced"),
                trap(
                        5,
                        "invented answers keep their place",
                        "ServerConnectionTest#inventedAnswersComeInTheirTurn",
                        "SharedServerIT#aKnownStatementIsConfirmedAtAFlush"),
                trap(
                        6,
                        "authentication comes before everything that a stranger might learn",
                        "AuthIT#anUnknownDatabaseIsToldOnlyToThoseWhoHaveProvedThemselves",
                        "AuthIT#aWrongPasswordAndAnUnknownUserHearTheSame",
                        "AuthIT#theScramSaltOfAnUnknownUserIsTheSameEachTime"),
                trap(7, "options of the startup packet", "StartupOptionsTest", "StartupSettingsTest"),
                trap(
                        8,
                        "settings are compared in the form that PostgreSQL reports",
                        "ParametersIT#canonicalFormsAreNotSetAgainAndAgain"),
                trap(
                        9,
                        "answers to settings reach nobody, a cancel does not hit them",
                        "ServerConnectionTest#answersToTheSettingsReachNobody",
                        "CancelIT#aCancelThatComesWhileTheSettingsAreAppliedIsForTheQueryBehindThem"),
                trap(
                        10,
                        "a late cancel never hits the next client",
                        "CancelIT#aLateCancelNeverHitsTheNextClientsQuery",
                        "CancelIT#aServerIsHeldBackUntilItsCancelHasBeenDelivered"),
                trap(
                        11,
                        "a cancel comes in by any way and past any limit",
                        "CancelIT#aCancelComesThroughAFullPooler",
                        "PeersIT#aPeerIsReachedThroughItsUnixSocketToo"),
                trap(
                        12,
                        "what a client said before it went is carried out",
                        "DisconnectIT#aCompleteCommitIsCarriedOut",
                        "DisconnectIT#aWholePipelineSaidBeforeTheEndIsCarriedOut"),
                trap(13, "leaving in a transaction rolls it back", "DisconnectIT#anIdleTransactionIsRolledBack"),
                trap(
                        14,
                        "idle servers are read",
                        "ServerFailureIT#messagesOnAnIdleServerAreReadAtOnce",
                        "ServerFailureIT#anIdleClientDoesNotNoticeARestart"),
                trap(
                        15,
                        "a FATAL arrives whole, and once",
                        "ServerFailureIT#aClientInATransactionHearsTheFatalOfTheServerOnceAndVerbatim"),
                trap(
                        16,
                        "who does not read stops only its own other side",
                        "FlowIT#aClientThatDoesNotReadStopsOnlyItsOwnServer",
                        "FlowIT#aServerThatDoesNotReadStopsOnlyItsOwnClient",
                        "ReplicationIT#aClientThatDoesNotReadStopsItsServer"),
                trap(
                        17,
                        "messages of any size pass",
                        "FlowIT#aLargeRowPassesInLittleMemory",
                        "TrapsIT#aRowMayHaveAsManyColumnsAsPostgresAllows",
                        "TrapsIT#aStatementMayHaveAsManyParametersAsTheProtocolAllows"),
                trap(
                        18,
                        "bytes behind a request for encryption are refused",
                        "StartupReaderTest#refusesBytesBehindARequestForEncryption"),
                trap(
                        19,
                        "what is no longer in the file goes back to its default, what is gone is closed",
                        "ConfigDiffTest",
                        "ReloadIT",
                        "HousekeepingTest#aDatabaseThatWasTakenOutOfTheConfigurationGoesWithItsLastClient"),
                trap(
                        20,
                        "columns of SHOW, their types, NULLs and tags",
                        "CompatibilityPageTest#columnsHavePgBouncersNamesOrderAndTypes",
                        "TopicsTest",
                        "ConsoleShowIT#everythingCanBeShown"),
                trap(21, "the console's grammar", "CommandParserTest"),
                trap(
                        22,
                        "PAUSE answers late and can be taken back, KILL leaves the database paused",
                        "ConsoleCommandsIT#pauseAnswersWhenTheLastServerIsFreeAndResumeWakesWhoWaits",
                        "ConsoleCommandsIT#cancellingAPauseThatWaitsTakesItBack",
                        "ConsoleCommandsIT#aConsoleThatVanishesTakesItsPauseBack",
                        "ConsoleCommandsIT#killClosesEverybodyAndLeavesTheDatabasePaused"),
                trap(
                        23,
                        "psql reaches the console on the ordinary port",
                        "CommandLineClientsIT#psqlOverTheUnixSocketShowsThePools",
                        "ConsoleClientsTest#psqlShowsTables"),
                trap(
                        24,
                        "the process's own user is admin through the Unix socket",
                        "TrapsIT#whoRunsThePoolerIsItsAdminThroughTheUnixSocketWithoutAPassword"),
                trap(
                        25,
                        "settings that need a restart do not make RELOAD fail",
                        "ConsoleCommandsIT#whatIsSetHoldsUntilReload",
                        "ConfigDiffTest"),
                trap(
                        26,
                        "clocks of queries and transactions",
                        "TimeoutsIT#queryTimeoutEndsAlsoAQueryThatACommitStandsBehind",
                        "TimeoutsIT#aQueryWithinATransactionIsNotIdle"),
                trap(
                        27,
                        "waiting runs out in a pause too, a login's time covers its wait for a server",
                        "TrapsIT#theWaitInLineRunsOutInAPauseToo",
                        "ServerFailureIT#aHostThatCannotBeResolvedEndsTheLoginInAConnectionError"),
                trap(
                        28,
                        "a server that was opened for somebody who has left serves whoever comes next",
                        "ServerSupplyTest#aServerOpenedForWhoHasLeftServesWhoeverComesNext"),
                trap(
                        29,
                        "limits over several pools close idle servers of other pools",
                        "EvictionTest",
                        "PoolingIT#anIdleServerOfAnotherUserMakesRoomWithinMaxDbConnections",
                        "PoolingIT#noPoolStarvesAnotherOfItsDatabase"),
                trap(
                        30,
                        "what zero means",
                        "PoolingIT#aServerWithoutALifetimeServesOnce",
                        "ServerSupplyTest#theReserveIsForFullPoolsOnly",
                        "BudgetTest#noLimitIsNoLimit"),
                trap(
                        31,
                        "servers that were idle for long are checked",
                        "PoolingIT#aCheckedServerThatIsBadIsReplacedUnnoticed"),
                trap(
                        32,
                        "SCRAM to the letter",
                        "ScramTest",
                        "ScramFuzzTest",
                        "SaslPrepTest",
                        "ClientAuthenticationTest#showsUnknownUsersTheSaltTheyWouldHaveWithAPlaintextPassword"),
                trap(
                        33,
                        "md5 with any stored secret",
                        "AuthIT#everyAccountOfTheServerGetsInByEveryMethod",
                        "ClientAuthenticationTest#letsInWhoKnowsThePassword"),
                trap(34, "auth_query", "AuthQueryIT"),
                trap(
                        35,
                        "an application_name that the server cuts",
                        "ParametersIT#applicationNameCanCarryTheClientsAddress",
                        "ParametersIT#aNameThatTheDatabaseCannotHoldIsShownAsPostgresShowsIt"),
                trap(
                        36,
                        "clients are told what another server reports otherwise",
                        "ReportedParametersTest",
                        "ClientWelcomeTest#tellsWhatTheServerReportsUnlessTheClientHasSetItItself"),
                trap(37, "files of Unix sockets", "UnixSocketFileTest"),
                trap(38, "all addresses of all names in listen_addr", "TrapsIT#listensOnAllAddressesOfAllNames"),
                trap(39, "keep-alive on both sides", "SocketSettingsIT#keepAliveIsOnForBothSidesUnlessSwitchedOff"),
                trap(
                        40,
                        "rotation, pidfile, exit status",
                        "LauncherIT#letsARotatedLogFileGoOnHangUp",
                        "LauncherIT#writesItsPidAndRefusesASecondStart",
                        "LauncherIT#endsWithZeroOnSignal"),
                trap(
                        41,
                        "statement pooling refuses transaction blocks",
                        "PoolingIT#statementPoolingRefusesTransactionBlocksAndLeavesNoneBehind"),
                trap(
                        42,
                        "replication connections stay apart",
                        "ReplicationIT#changesAreDecodedAndStreamed",
                        "ReplicationIT#theConsoleAndTheLogTellWhoReplicates"),
                trap(43, "a Sync alone", "TrapsIT#aSyncAloneIsAnsweredAndCounts"),
                trap(44, "states of clients", "ConsoleShowIT#clientsAreActiveIdleOrWaiting", "PoolRowsTest"),
                trap(
                        45,
                        "peers' cancel keys",
                        "CancelKeyTest#aPeersKeysBearItsIdInTheSecondAndThirdByteLowByteFirst",
                        "CancelKeyTest#aPeersKeyIsReadInPgBouncersLayout"));
    }

    @Test
    void noneIsMissing() {
        assertThat(traps().stream().map(Trap::number))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 45).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("traps")
    void eachIsCoveredByTestsThatAreThere(Trap trap) {
        assertThat(trap.tests())
                .isNotEmpty()
                .allSatisfy(test -> assertThat(TestSources.has(test)).as(test).isTrue());
    }
}
