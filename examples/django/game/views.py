"""The club's pages."""

import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from . import accolade, club
from .models import Comment


class CommentForm(forms.Form):
    text = forms.CharField(max_length=2000)


class ShiftForm(forms.Form):
    hours = forms.DecimalField(min_value=0.5, max_value=24, decimal_places=1)


class ThanksForm(forms.Form):
    action_id = forms.UUIDField()


def home(request):
    """Shows the recent comments, and the badges of the current user."""
    comments = Comment.objects.select_related("author")[:20]
    return render(request, "game/home.html", {"comments": comments, **profile_of(request, request.user)})


@require_POST
@login_required
def comment(request):
    form = CommentForm(request.POST)
    if form.is_valid():
        club.post_comment(request.user, form.cleaned_data["text"])
    else:
        messages.error(request, "A comment must have 1 to 2000 characters.")
    return redirect("home")


@require_POST
@login_required
def shift(request):
    form = ShiftForm(request.POST)
    if form.is_valid():
        club.work_shift(request.user, form.cleaned_data["hours"])
    else:
        messages.error(request, "A shift must have 0.5 to 24 hours.")
    return redirect("home")


def member(request, username):
    """Shows the badges of a member. Other members see only the earned ones."""
    member = get_object_or_404(User, username=username)
    return render(request, "game/member.html", {"member": member, "action_id": uuid.uuid4(), **profile_of(request, member)})


@require_POST
@user_passes_test(lambda user: user.is_staff)
def thanks(request, username):
    member = get_object_or_404(User, username=username)
    form = ThanksForm(request.POST)
    if form.is_valid():
        try:
            messages.success(request, club.thank(member, request.user, str(form.cleaned_data["action_id"])))
        except accolade.Unavailable:
            messages.error(request, "Accolade is unavailable. Please try again; it counts only once.")
    return redirect("member", username=username)


def toasts(request):
    """Context of every page: the data that Accolade's script needs to show toasts."""
    if not request.user.is_authenticated:
        return {}
    player = accolade.player_of(request.user)
    try:
        return {"toasts": {"base": settings.ACCOLADE_URL, "player": player, "token": accolade.token(player)}}
    except (accolade.Unavailable, accolade.Refused):
        return {}


def profile_of(request, member):
    """Returns the template context for a member's profile. Without Accolade, pages show everything else."""
    if not member.is_authenticated:
        return {}
    seen_by = "player" if member == request.user else "others"
    try:
        profile = accolade.profile(accolade.player_of(member), seen_by)
    except (accolade.Unavailable, accolade.Refused):
        return {"unavailable": True}
    if profile:
        profile["badges"].sort(key=lambda badge: not badge["earned"])
    return {"profile": profile, "accolade": settings.ACCOLADE_URL}
