"""What the deliveries of reviews, threads, checks and a pull request's life mean."""

from pathlib import Path

from bot.codehost import Account
from bot.domain.refs import Heard
from bot.rehearsal.github import Person, Pull, World, acts_code
from handlers.github import Ears, Nothing, hear


async def opened(tmp_path: Path) -> tuple[World, Person, Pull]:
    world = World(tmp_path)
    ada, repo = world.person("ada", permission="write"), world.repo("octo/tally")
    await ada.pushes(repo, "main", {"a.txt": "one\n"})
    await ada.pushes(repo, "work", {"a.txt": "one\ntwo\n"})
    return world, ada, await world.person("carl", permission="write").opens_pull(repo, "work")


def last(world: World, count: int = 1) -> list[Heard | str]:
    """What the newest deliveries mean; a reason where they mean nothing."""
    ears = Ears(Account(str(world.app.id), world.app.slug, str(world.app.bot.id)))
    found: list[Heard | str] = []
    for one in world.hooks.deliveries[-count:]:
        heard = hear(one.event, one.guid, one.body, ears)
        found.append(heard if isinstance(heard, Heard) else heard.why)
    return found


async def test_a_review_is_its_words_and_each_comment_on_a_line(tmp_path: Path) -> None:
    world, ada, pull = await opened(tmp_path)
    review = await ada.reviews(pull, "CHANGES_REQUESTED", "Two things.", [("a.txt", 2, "Why two?")])
    words, line = last(world, 2)
    assert isinstance(words, Heard)
    assert isinstance(line, Heard)
    comment = pull.threads[0].comments[0]
    assert (words.kind, words.text, words.target) == ("review", "Two things.", f"review:{review.id}")
    assert (line.kind, line.text, line.where.key) == ("remark", "Why two?", str(pull.number))
    assert line.facts == {
        "is_pull": "yes",
        "thread": f"review_comment:{comment.id}",
        "review": f"review:{review.id}",
        "path": "a.txt",
        "line": "2",
    }


async def test_a_reply_names_its_thread_and_a_resolved_thread_its_first_comment(tmp_path: Path) -> None:
    world, ada, pull = await opened(tmp_path)
    first = await ada.comments_on_line(pull, "a.txt", 2, "Why two?")
    await ada.replies(pull.threads[0], "Really?")
    [reply] = last(world)
    assert isinstance(reply, Heard)
    assert (reply.facts["thread"], reply.facts["reply"]) == (f"review_comment:{first.id}", "yes")
    await ada.resolves(pull.threads[0])
    [resolved] = last(world)
    assert isinstance(resolved, Heard)
    assert (resolved.kind, resolved.target) == ("thread-resolved", f"review_comment:{first.id}")


async def test_a_review_is_heard_when_it_is_edited_and_when_it_is_dismissed(tmp_path: Path) -> None:
    world, ada, pull = await opened(tmp_path)
    review = await ada.reviews(pull, "CHANGES_REQUESTED", "Two things.", [("a.txt", 2, "Why two?")])
    await ada.rewords(review, "Three things.")
    [edited] = last(world)
    await ada.dismisses(review)
    [dismissed] = last(world)
    assert isinstance(edited, Heard)
    assert isinstance(dismissed, Heard)
    assert (edited.kind, edited.text, edited.target) == ("review-edited", "Three things.", f"review:{review.id}")
    assert (dismissed.kind, dismissed.target) == ("review-dismissed", f"review:{review.id}")


async def test_a_comment_is_heard_when_it_is_edited_and_when_it_is_deleted(tmp_path: Path) -> None:
    world, ada, pull = await opened(tmp_path)
    comment = await ada.comments_on_line(pull, "a.txt", 2, "Why two?")
    await ada.edits(comment, "Why not three?")
    [edited] = last(world)
    await ada.deletes(comment)
    [deleted] = last(world)
    assert isinstance(edited, Heard)
    assert isinstance(deleted, Heard)
    assert (edited.kind, edited.text, edited.target) == (
        "remark-edited",
        "Why not three?",
        f"review_comment:{comment.id}",
    )
    assert (deleted.kind, deleted.target) == ("remark-deleted", f"review_comment:{comment.id}")


async def test_comments_on_several_lines_and_on_a_deleted_file_are_heard_as_that(tmp_path: Path) -> None:
    world, ada, pull = await opened(tmp_path)
    await ada.comments_on_line(pull, "a.txt", 2, "Both?", start=1)
    [several] = last(world)
    assert isinstance(several, Heard)
    assert (several.facts["start"], several.facts["line"]) == ("1", "2")
    await ada.pushes(pull.repo, "gone", {"a.txt": None, "b.txt": "b\n"})
    gone = await ada.opens_pull(pull.repo, "gone")
    acts_code.comment_on_line(world, gone, ada.by, acts_code.Anchor("a.txt", 1, "LEFT"), "Why is it gone?")
    [old] = last(world)
    assert isinstance(old, Heard)
    assert (old.facts["path"], old.facts["side"], old.facts["line"]) == ("a.txt", "LEFT", "1")


async def test_a_review_without_words_and_green_checks_lead_to_nothing(tmp_path: Path) -> None:
    world, ada, pull = await opened(tmp_path)
    await ada.reviews(pull, "APPROVED")
    assert last(world) == ["a review without words of its own"]
    world.ci_reports(pull.repo, pull.head_sha, "build", "success")
    assert last(world, 2)[0] == "a check that is not red"


async def test_a_red_check_is_told_where_its_pull_request_is(tmp_path: Path) -> None:
    world, _, pull = await opened(tmp_path)
    run = world.ci_reports(pull.repo, pull.head_sha, "build", "failure")
    red = last(world, 2)[0]
    assert isinstance(red, Heard)
    assert (red.kind, red.where.key, red.target) == ("ci-failed", str(pull.number), f"check_run:{run.id}")
    assert red.facts == {"is_pull": "yes", "sha": pull.head_sha, "name": "build", "conclusion": "failure"}


async def test_the_life_of_a_pull_request_is_heard(tmp_path: Path) -> None:
    world, ada, pull = await opened(tmp_path)
    kinds = []
    for act in (ada.makes_draft(pull), ada.marks_ready(pull), ada.closes(pull), ada.reopens(pull)):
        await act
        kinds += [one.kind if isinstance(one, Heard) else one for one in last(world)]
    assert kinds == ["pull-drafted", "pull-readied", "pull-closed", "pull-reopened"]
    await ada.merges(pull)
    kinds = [one.kind for one in last(world, 3) if isinstance(one, Heard)]
    assert "pull-merged" in kinds


async def test_a_label_or_assigning_the_bot_asks_for_the_main_job(tmp_path: Path) -> None:
    world, ada, pull = await opened(tmp_path)
    issue = await ada.opens_issue(pull.repo, "Odd", "half(3)")
    await ada.labels(issue, "bug")
    assert last(world) == ["issues labeled leads to nothing"]
    await ada.labels(issue, "maestro")
    [asked] = last(world)
    assert isinstance(asked, Heard)
    assert (asked.kind, asked.text) == ("asked", "/maestro implement")
    await ada.assigns(issue, Person(world, world.app.bot))
    [assigned] = last(world)
    assert isinstance(assigned, Heard)
    assert (assigned.kind, assigned.text) == ("asked", "/maestro implement")


async def test_our_own_doings_are_not_heard(tmp_path: Path) -> None:
    world, _, pull = await opened(tmp_path)
    bot = Person(world, world.app.bot)
    pull.repo.grant(world.app.bot, "write")
    await bot.comments_on_line(pull, "a.txt", 2, "Answer.")
    assert isinstance(last(world)[0], str)
    assert Nothing("our own doing").why == last(world)[0]
